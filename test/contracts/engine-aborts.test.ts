import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ended, front, nextEvent } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { tcpServer } from '../support/ill-servers.js';
import { deadPort } from '../support/listen.js';
import { handlerOrigin, origin } from '../support/origin.js';
import { type Peer, rawClient, rawOrigin } from '../support/peer.js';
import { until } from '../support/until.js';

const POST = 'POST / HTTP/1.1\r\nHost: a\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

const ways: Readonly<Record<string, (client: Peer) => unknown>> = {
  FIN: (client) => client.socket.destroy(),
  reset: (client) => client.socket.resetAndDestroy(),
};

describe.each(engineNames)('engine %s: a client that leaves', (engine) => {
  const moments: { when: string; request: string; answer: string; saw: RegExp }[] = [
    { when: 'before the head of the answer', request: GET, answer: '', saw: /\r\n\r\n$/ },
    { when: 'in a counted upload', request: `${POST}Content-Length: 100\r\n\r\npart`, answer: '', saw: /part$/ },
    {
      when: 'in a chunked upload',
      request: `${POST}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`,
      answer: '',
      saw: /part(\r\n)?$/,
    },
    {
      when: 'after the upload, while the backend is silent',
      request: `${POST}Content-Length: 4\r\n\r\npart`,
      answer: '',
      saw: /part$/,
    },
    {
      when: 'after the head of the answer',
      request: GET,
      answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      saw: /\r\n\r\n$/,
    },
    {
      when: 'in a counted answer',
      request: GET,
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart',
      saw: /\r\n\r\n$/,
    },
    {
      when: 'in a chunked answer',
      request: GET,
      answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n',
      saw: /\r\n\r\n$/,
    },
    {
      when: 'in its upload, with the answer begun',
      request: `${POST}Content-Length: 100\r\n\r\npart`,
      answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n',
      saw: /part$/,
    },
  ];

  describe.each(Object.keys(ways))('with a %s', (way) => {
    test.each(moments)('$when frees its backend', async ({ request, answer, saw }) => {
      const backend = await rawOrigin();
      const { port, lb } = await front({ engine, backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(request);
      const peer = await backend.peer(0);
      await peer.until(saw);
      expect(lb.stats().requests.active).toBe(1);
      peer.write(answer);
      if (answer !== '') await client.until(/\r\n\r\n(.*part)?/s);
      ways[way]?.(client);
      await peer.closed;
      expect(await over).toMatchObject({ outcome: 'aborted', code: 'FAIRLEAD_CLIENT_ABORT' });
      expect(lb.stats()).toMatchObject({
        requests: { active: 0, aborted: 1, failed: 0 },
        backends: [{ active: 0, aborted: 1, failed: 0 }],
      });
    });

    test('while the answer is stuck behind it frees its backend', async () => {
      const backend = await handlerOrigin((_request, response) => {
        response.write(randomBytes(32 << 20));
      });
      const { port, lb } = await front({ engine, backends: [backend.url] });
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(GET);
      await client.untilBytes(1);
      client.socket.pause();
      ways[way]?.(client);
      await backend.atMost(0);
      expect(await over).toMatchObject({ outcome: 'aborted' });
      expect(lb.stats().requests.active).toBe(0);
    });
  });

  test('with requests pipelined one behind the other frees all their backends', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const over = ended(lb, 3);
    const client = await rawClient(port);
    client.write(GET.repeat(3));
    for (let i = 0; i < 3; i++) await (await backend.peer(i)).until('\r\n\r\n');
    expect(lb.stats().requests.active).toBe(3);
    client.socket.resetAndDestroy();
    await backend.atMost(0);
    await over;
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 3, failed: 0 });
  });

  test('with a request whose connection has not been made yet leaves nothing behind', async () => {
    const backend = await origin();
    const { port, lb } = await front({ engine, backends: [backend.url] });
    for (let i = 0; i < 20; i++) {
      const over = nextEvent(lb, 'request');
      const client = await rawClient(port);
      client.write(GET);
      // Gone before the balancer has read the request, or while it connects.
      client.socket.resetAndDestroy();
      const served = await rawClient(port);
      served.write(GET);
      await served.until('ok');
      served.socket.destroy();
      await over;
    }
    expect(lb.stats().requests.active).toBe(0);
  });

  test('has no connection made in place of the one that ended with its request', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      if (peer.text.startsWith('GET /stay ')) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nstay');
    });
    const { port, lb } = await front({ engine, backends: [backend.url] });
    for (let i = 0; i < 5; i++) {
      const client = await rawClient(port);
      client.write(GET);
      await (await backend.peer(i)).until('\r\n\r\n');
      client.socket.destroy();
      await backend.atMost(0);
    }
    const stays = await rawClient(port);
    stays.write('GET /stay HTTP/1.1\r\nHost: a\r\n\r\n');
    await stays.until('stay');
    expect(lb.stats().backends[0]?.connections).toMatchObject({ open: 1, opened: 6 });
    expect(backend.accepted()).toBe(6);
  });

  test.each(['the client leaves', 'the balancer closes'])(
    'a connection that has yet to stand ends when %s',
    async (why) => {
      // It never says a word of TLS.
      const backend = await tcpServer((socket) => socket.resume());
      const url = backend.url.replace('http:', 'https:');
      const { port, lb } = await front({ engine, backends: [url], timeouts: { connect: 0 } });
      const client = await rawClient(port);
      client.write(GET);
      await until(() => backend.open.size === 1);
      expect(lb.stats().backends[0]?.connections).toEqual({ open: 0, idle: 0, opened: 0, reused: 0 });
      if (why === 'the client leaves') client.socket.destroy();
      else await lb.close({ timeout: 0 });
      await backend.atMost(0);
    },
  );

  test('in front of a dead backend is nobody to retry for', async () => {
    const { port, lb } = await front({ engine, backends: [`http://127.0.0.1:${await deadPort()}`] });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write(`${POST}Content-Length: 100\r\n\r\npart`);
    expect(await client.until('\r\n\r\n')).toMatch(/^HTTP\/1\.1 502 /);
    client.socket.resetAndDestroy();
    await over;
    expect(lb.stats().requests.active).toBe(0);
  });

  test('in a broken upload never makes the backend believe it was whole', async () => {
    const backend = await rawOrigin();
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n`);
    const peer = await backend.peer(0);
    await peer.until('part');
    client.write('no chunk at all\r\n');
    expect((await peer.closed).text).not.toMatch(/\r\n0\r\n/);
    await over;
    // Node itself answers what it cannot parse.
    expect((await client.closed).text).toMatch(/^HTTP\/1\.1 400 /);
    expect(lb.stats()).toMatchObject({ requests: { active: 0 }, backends: [{ failed: 0 }] });
  });

  test('halfway leaves the others their answers', async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      if (peer.text.startsWith('GET /stay ')) peer.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nstay');
    });
    const { port, lb } = await front({ engine, backends: [backend.url] });
    const leaver = await rawClient(port);
    leaver.write(GET);
    await (await backend.peer(0)).until('\r\n\r\n');
    const stays = await rawClient(port);
    stays.write('GET /stay HTTP/1.1\r\nHost: a\r\n\r\n');
    leaver.socket.resetAndDestroy();
    await stays.until('stay');
    await (await backend.peer(0)).closed;
    expect(lb.stats().backends[0]).toMatchObject({ failed: 0 });
  });
});
