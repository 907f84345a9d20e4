import { describe, expect, test } from 'vitest';
import { nextEvent, through } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { fronts } from '../support/fronts.js';
import { origin, values } from '../support/origin.js';
import { answering, rawOrigin } from '../support/peer.js';
import { HANDSHAKE, SWITCHED } from '../support/sockets.js';

describe.each(engineNames)('engine %s', (engine) => {
  const { balance } = through(engine);

  describe.each(Object.entries(fronts))('clients over %s', (name, front) => {
    test('get their answers', async () => {
      const backend = await origin();
      const connect = await front(balance({ sticky: true, backends: [backend.url] }));
      const client = await connect();
      client.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
      const { text } = await client.closed;
      expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      const secure = name === 'TLS';
      expect(/^set-cookie: .*; Secure/im.test(text)).toBe(secure);
      const { rawHeaders } = backend.last();
      expect(values(rawHeaders, 'x-forwarded-proto')).toEqual([secure ? 'https' : 'http']);
      expect(values(rawHeaders, 'x-forwarded-port')).toEqual([secure ? '443' : '80']);
    });

    test.each(['1.0', '1.1'])('see a broken connection where an answer is cut short (HTTP/%s)', async (version) => {
      const backend = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
      const lb = balance({ backends: [backend.url] });
      const connect = await front(lb);
      const over = nextEvent(lb, 'request');
      const client = await connect();
      client.write(`GET / HTTP/${version}\r\nHost: a\r\n\r\n`);
      await client.until('part');
      (await backend.peer(0)).socket.resetAndDestroy();
      const { text, clean } = await client.closed;
      expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
      // On a Unix socket nothing but an end exists.
      if (version === '1.0' && name === 'TCP') expect(clean).toBe(false);
      expect(await over).toMatchObject({ outcome: 'failed', code: 'FAIRLEAD_RESPONSE_BODY' });
      expect(lb.stats().requests.active).toBe(0);
    });

    test.each(['idle', 'total'] as const)('see one after the %s timeout', async (kind) => {
      const backend = await answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n');
      const lb = balance({ backends: [backend.url], timeouts: { [kind]: 150 } });
      const connect = await front(lb);
      const client = await connect();
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const { text } = await client.closed;
      expect(text).toMatch(/part/);
      await backend.atMost(0);
      expect(lb.stats().requests.active).toBe(0);
    });

    test('switch protocols, and are cut when the balancer closes', async () => {
      const backend = await rawOrigin(async (peer) => {
        await peer.until('\r\n\r\n');
        peer.write(`${SWITCHED}hello`);
      });
      const lb = balance({ backends: [backend.url] });
      const connect = await front(lb);
      const client = await connect();
      client.write(HANDSHAKE);
      await client.until('hello');
      client.write('hi');
      await (await backend.peer(0)).until('hi');
      expect((await lb.close()).upgrades).toEqual({ ended: 0, cut: 1 });
      await client.closed;
      await backend.atMost(0);
    });

    test('that leave free their backend', async () => {
      const backend = await rawOrigin();
      const lb = balance({ backends: [backend.url] });
      const connect = await front(lb);
      const over = nextEvent(lb, 'request');
      const client = await connect();
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await (await backend.peer(0)).until('\r\n\r\n');
      client.socket.destroy();
      await backend.atMost(0);
      expect(await over).toMatchObject({ outcome: 'aborted' });
    });
  });
});
