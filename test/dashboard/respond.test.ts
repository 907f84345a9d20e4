import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { guard, refuse, send, sendJson } from '../../lib/dashboard/respond.js';
import { fakeRequest, fakeResponse, settled } from '../core/fakes.js';

async function written(
  method: string,
  run: (request: ReturnType<typeof fakeRequest>, response: ServerResponse) => void,
) {
  const request = fakeRequest({ method });
  const { response, socket } = fakeResponse(request);
  run(request, response);
  await settled();
  return Buffer.from(socket.written, 'latin1').toString('utf8');
}

describe('guard', () => {
  it('replaces what an app in front has set with a policy that allows nothing from elsewhere and nothing in line', async () => {
    const text = await written('GET', (request, response) => {
      response.setHeader('content-security-policy', "default-src *; script-src 'unsafe-inline'");
      guard(response);
      send(request, response, 200, 'text/plain', 'ü');
    });
    const policy = /^content-security-policy: (.*)\r$/im.exec(text)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(text).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(text).toMatch(/^cache-control: no-store\r$/im);
  });
});

describe('answers', () => {
  it('have their length in bytes; HEAD gets no body', async () => {
    const get = await written('GET', (request, response) => send(request, response, 200, 'text/plain', 'ü'));
    expect(get).toMatch(/content-length: 2\r\n[\s\S]*\r\n\r\nü$/i);
    const head = await written('HEAD', (request, response) => send(request, response, 200, 'text/plain', 'ü'));
    expect(head).toMatch(/content-length: 2\r\n[\s\S]*\r\n\r\n$/i);
  });

  it('are JSON, refusals too', async () => {
    expect(await written('GET', (request, response) => sendJson(request, response, 200, { a: 1 }))).toMatch(/{"a":1}$/);
    const no = await written('POST', (request, response) => refuse(request, response, 403, 'no'));
    expect(no).toMatch(/^HTTP\/1\.1 403 [\s\S]*{"error":"no"}$/);
  });
});
