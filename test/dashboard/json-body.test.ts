import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { jsonBody } from '../../lib/dashboard/json-body.js';
import { fakeRequest } from '../core/fakes.js';

const JSON_TYPE = ['Content-Type', 'application/json; charset=utf-8'];

function posted(body: string, headers = JSON_TYPE, extra = {}): IncomingMessage {
  const request = fakeRequest({ method: 'POST', headers, extra });
  if (body !== '') request.push(body);
  request.push(null);
  return request;
}

describe('jsonBody', () => {
  it('reads JSON', async () => {
    expect(await jsonBody(posted('{"a":[1,"ü"]}'), 100)).toEqual({ ok: true, value: { a: [1, 'ü'] } });
  });

  it('takes over what a parser in front has read', async () => {
    expect(await jsonBody(posted('', JSON_TYPE, { body: { a: 1 } }), 100)).toEqual({ ok: true, value: { a: 1 } });
    expect(await jsonBody(posted('', JSON_TYPE, { body: '{"a":1}' }), 100)).toEqual({ ok: true, value: { a: 1 } });
    expect(await jsonBody(posted('', JSON_TYPE, { body: Buffer.from('{"a":1}') }), 100)).toMatchObject({ ok: true });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', ''])(
    'refuses %s, which another site could send without asking',
    async (type) => {
      expect(await jsonBody(posted('{}', ['Content-Type', type]), 100)).toMatchObject({ ok: false, status: 415 });
    },
  );

  it('refuses what is too long, said or not', async () => {
    const said = posted('', [...JSON_TYPE, 'Content-Length', '101']);
    expect(await jsonBody(said, 100)).toMatchObject({ ok: false, status: 413 });
    expect(await jsonBody(posted(`"${'x'.repeat(200)}"`), 100)).toMatchObject({ ok: false, status: 413 });
  });

  it.each(['', '{', 'undefined', '{"a":1}}'])('refuses %j', async (body) => {
    expect(await jsonBody(posted(body), 100)).toMatchObject({ ok: false, status: 400 });
  });

  it('a body that breaks off is none', async () => {
    const request = fakeRequest({ method: 'POST', headers: JSON_TYPE });
    request.push('{"a":');
    request.destroy(new Error('aborted'));
    expect(await jsonBody(request, 100)).toMatchObject({ ok: false, status: 400 });
  });
});
