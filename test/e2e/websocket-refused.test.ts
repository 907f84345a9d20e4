import { describe, expect, test } from 'vitest';
import { nextEvent, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { handlerOrigin } from '../support/origin.js';
import { rawOrigin } from '../support/peer.js';
import { closeOf, dial, nextMessage, refusal, socketOrigin } from '../support/sockets.js';

describe.each(engineNames)('a WebSocket that does not come about, engine %s', (engine) => {
  const { front } = through(engine);

  test("the backend's own refusal reaches the client, body and all", async () => {
    const backend = await handlerOrigin(() => {});
    backend.server.on('upgrade', (_request, socket) => {
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nX-Why: login\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n' +
          'Content-Length: 12\r\n\r\nlog in first',
      );
    });
    const { port, lb } = await front({ backends: [backend.url] });
    const over = nextEvent(lb, 'request');
    const { status, headers, body } = await refusal(port);
    expect({ status, body }).toEqual({ status: 401, body: 'log in first' });
    expect(headers).toMatchObject({ 'www-authenticate': 'Basic', 'x-why': 'login', 'set-cookie': ['a=1', 'b=2'] });
    expect(await over).toMatchObject({ status: 401, outcome: 'answered', upgrade: true });
    expect(lb.stats()).toMatchObject({ requests: { active: 0, upgrades: 0, failed: 0 } });
    await backend.atMost(0);
  });

  test('a backend that knows no upgrades answers as ever', async () => {
    const backend = await handlerOrigin((_request, response) => {
      response.write('just ');
      response.end('http');
    });
    const { port } = await front({ backends: [backend.url] });
    expect(await refusal(port)).toMatchObject({ status: 200, body: 'just http' });
    await backend.atMost(0);
  });

  test('a backend that is down is a 502 on the socket', async () => {
    const { port, lb } = await front({ backends: [`http://127.0.0.1:${await deadPort()}`] });
    const over = nextEvent(lb, 'request');
    const { status, body, headers } = await refusal(port);
    expect(status).toBe(502);
    expect(body).not.toMatch(/127\.0\.0\.1|ECONN/);
    expect(headers.connection).toBe('close');
    expect(await over).toMatchObject({ status: 502, code: 'FAIRLEAD_CONNECT', upgrade: true });
    expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0, failed: 1 });
  });

  test('no backend at all is a 503', async () => {
    const { port } = await front({ backends: [] });
    expect((await refusal(port)).status).toBe(503);
  });

  test('another backend is tried where the first cannot be reached', async () => {
    const backend = await socketOrigin();
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const { port, lb } = await front({ strategy: 'round-robin', backends: [dead, backend.url] });
    const socket = await dial(port);
    socket.send('x');
    expect((await nextMessage(socket)).data.toString()).toBe('x');
    expect(lb.stats()).toMatchObject({
      backends: [
        { failed: 1, active: 0 },
        { active: 1, upgrades: 1 },
      ],
    });
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH\r\n', 502],
    ['status 000', 'HTTP/1.1 000 No\r\n\r\n', 502],
    ['an end without a word', '', 502],
  ])('%s in answer to a handshake is a %i', async (_what, answer, status) => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.socket.end(answer);
    });
    const { port, lb } = await front({ backends: [backend.url] });
    expect((await refusal(port)).status).toBe(status);
    await backend.atMost(0);
    expect(lb.stats().requests).toMatchObject({ active: 0, upgrades: 0, failed: 1 });
  });

  test('a handshake that hangs is a 504', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ backends: [backend.url], timeouts: { headers: 100 } });
    const over = nextEvent(lb, 'request');
    expect((await refusal(port)).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_HEADERS_TIMEOUT' });
    await backend.atMost(0);
  });

  test('under closing it is a 503, and those that are open are closed', async () => {
    const backend = await socketOrigin();
    const { port, lb } = await front({ backends: [backend.url] });
    const open = await dial(port);
    const closed = closeOf(open);
    const report = lb.close();
    const { status, headers } = await refusal(port);
    expect(status).toBe(503);
    expect(headers.connection).toBe('close');
    expect((await closed).code).toBe(1012);
    expect((await report).upgrades).toEqual({ ended: 1, cut: 0 });
    await backend.atMost(0);
    expect((await ask(port)).status).toBe(503);
  });
});
