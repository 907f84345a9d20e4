import { describe, expect, test } from 'vitest';
import { front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { answering, rawClient, rawOrigin } from '../support/peer.js';

describe.each(engineNames)('engine %s: timeouts', (engine) => {
  test('headers: 504, and the backend connection is closed', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { headers: 100 } });
    const over = nextEvent(lb, 'request');
    expect((await ask(port)).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_HEADERS_TIMEOUT', status: 504, outcome: 'failed' });
    await backend.atMost(0);
    expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ failed: 1 }] });
  });

  test('headers: also when the backend takes the upload and then says nothing', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { headers: 100 } });
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', body: 'x'.repeat(10_000) })).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_HEADERS_TIMEOUT' });
    await backend.atMost(0);
  });

  test('headers: a backend that does not read the upload is to blame', async () => {
    const backend = await rawOrigin((peer) => peer.socket.pause());
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { headers: 200 } });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
    client.write(Buffer.alloc(32 << 20));
    expect(await over).toMatchObject({ code: 'FAIRLEAD_HEADERS_TIMEOUT', status: 504 });
    expect(lb.stats().backends[0]).toMatchObject({ failed: 1 });
    for (const { socket } of backend.peers) socket.resume();
    await backend.atMost(0);
    client.socket.destroy();
  });

  test('headers: a client that does not send its upload is to blame', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { headers: 100 } });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart');
    const { text } = await client.closed;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch(/\r\nConnection: close\r\n/i);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_REQUEST_BODY' });
    expect(lb.stats().backends[0]).toMatchObject({ failed: 0 });
    await backend.atMost(0);
  });

  test('idle: the head is out, so the connection breaks', async () => {
    const backend = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { idle: 100 } });
    const over = nextEvent(lb, 'request');
    await expect(ask(port)).rejects.toThrow();
    expect(await over).toMatchObject({ code: 'FAIRLEAD_IDLE_TIMEOUT', outcome: 'failed' });
    await backend.atMost(0);
    expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ failed: 1 }] });
  });

  test('idle: a client that does not read is no fault of the backend', async () => {
    const backend = await answering(`HTTP/1.1 200 OK\r\nContent-Length: 33554432\r\n\r\n${'x'.repeat(33_554_431)}`);
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { idle: 200 } });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.untilBytes(1);
    client.socket.pause();
    expect(await over).toMatchObject({ outcome: 'aborted' });
    expect(lb.stats().backends[0]).toMatchObject({ failed: 0, active: 0 });
    await backend.atMost(0);
  });

  test('total: before the head a 504', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { total: 100 } });
    const over = nextEvent(lb, 'request');
    expect((await ask(port)).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_TOTAL_TIMEOUT' });
    await backend.atMost(0);
  });

  test('total: after the head a broken connection, however much is flowing', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const drip = setInterval(() => peer.write('1\r\nx\r\n'), 10);
      peer.socket.once('close', () => clearInterval(drip));
    });
    const { port, lb } = await front({ engine, backends: [backend.url], timeouts: { idle: 5_000, total: 200 } });
    const over = nextEvent(lb, 'request');
    await expect(ask(port)).rejects.toThrow();
    expect(await over).toMatchObject({ code: 'FAIRLEAD_TOTAL_TIMEOUT' });
    await backend.atMost(0);
  });

  test('an answer that keeps moving runs into none', async () => {
    const parts = 30;
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.write(`HTTP/1.1 200 OK\r\nContent-Length: ${parts}\r\n\r\n`);
      let sent = 0;
      const drip = setInterval(() => {
        peer.write('x');
        sent++;
        if (sent === parts) clearInterval(drip);
      }, 20);
    });
    // In all it takes at least 600 ms, but from one part to the next never anything like 500.
    const { port } = await front({ engine, backends: [backend.url], timeouts: { headers: 5_000, idle: 500 } });
    expect((await ask(port)).text).toHaveLength(parts);
  });

  test('connect: a backend that takes TCP but never does TLS', async () => {
    const backend = await rawOrigin();
    const url = `https://127.0.0.1:${backend.port}`;
    const { port, lb } = await front({ engine, backends: [url], timeouts: { connect: 100 }, retry: false });
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', body: 'x' })).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_CONNECT_TIMEOUT' });
    await backend.atMost(0);
    expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ failed: 1 }] });
  });

  test('connect: nothing was sent, so another backend may have it, POST or not', async () => {
    const silent = await rawOrigin();
    const backend = await answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    const { port, lb } = await front({
      engine,
      strategy: 'round-robin',
      backends: [`https://127.0.0.1:${silent.port}`, backend.url],
      timeouts: { connect: 100 },
    });
    const over = nextEvent(lb, 'request');
    expect((await ask(port, { method: 'POST', body: 'whole body' })).text).toBe('ok');
    expect(await over).toMatchObject({ outcome: 'answered', attempts: 2 });
    expect((await backend.peer(0)).text).toMatch(/whole body$/);
    await silent.atMost(0);
  });
});
