import { describe, expect, test } from 'vitest';
import { front } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { delivered, origin, values } from '../support/origin.js';
import { rawClient, rawExchange, rawOrigin } from '../support/peer.js';

const OURS = /^(host|connection|x-forwarded-\w+|via)$/i;

/** What a backend got, without what the proxy says on its own account. */
function pairs(list: readonly string[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < list.length; i += 2) if (!OURS.test(list[i] ?? '')) lines.push(`${list[i]}: ${list[i + 1]}`);
  return lines;
}

describe.each(engineNames)('engine %s: request line', (engine) => {
  const targets = [
    '/',
    '//',
    '//double//slashes///here/',
    '/a/./b/../c/..',
    '/%2e%2e/%2F%2f/a%20b',
    '/a;b=c;d',
    '/it\'s/"quoted"/`back`',
    '/?',
    '/a?b?c??d=?',
    '/a?x=http://b//c&y=//d',
    '/http://inside//it',
    '/a|b^c{d}e\\f<g>',
    '/caf\xe9?\xff',
    '/a#b',
    '/a%',
    `/${'long/'.repeat(1000)}`,
  ];

  test.each(targets.map((target) => [target.slice(0, 60), target]))(
    '%s arrives byte for byte',
    async (_start, target = '') => {
      const backend = await rawOrigin(async (peer) => {
        await peer.until('\r\n\r\n');
        peer.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
      const { port } = await front({ engine, backends: [backend.url] });
      const { text } = await rawExchange(port, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      // What Node's own parser refuses gets its 400; what it lets through is sent on as it is.
      if (text.startsWith('HTTP/1.1 400 ')) expect(backend.peers).toHaveLength(0);
      else expect((await backend.peer(0)).text.split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`);
      if (/^[!-~]*$/.test(target)) expect(text).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test.each(['PROPFIND', 'REPORT', 'M-SEARCH', 'DELETE', 'OPTIONS', 'GET', 'HEAD', 'PURGE', 'LINK', 'QUERY'])(
    '%s without a body is sent without one',
    async (method) => {
      const backend = await origin();
      const { port } = await front({ engine, backends: [backend.url] });
      const { text } = await rawExchange(port, `${method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      // Older Nodes do not know every method.
      if (text.startsWith('HTTP/1.1 400 ')) return;
      expect(backend.last().method).toBe(method);
      expect(values(backend.last().rawHeaders, 'transfer-encoding')).toEqual([]);
      // Where a body is possible, saying that there is none does no harm.
      const lengths = values(backend.last().rawHeaders, 'content-length');
      const bodiless = /^(GET|HEAD|DELETE|OPTIONS)$/.test(method);
      expect(bodiless ? lengths : lengths.filter((length) => length !== '0')).toEqual([]);
    },
  );
});

describe.each(engineNames)('engine %s: request headers', (engine) => {
  test('every line arrives, in its order and spelling, repeated ones too', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const lines = [
      'X-Repeated: one',
      'Authorization: Basic Zmlyc3Q=',
      'user-agent: first',
      'x-REPEATED: two',
      'Authorization: Bearer second',
      'Cookie: a=1; b=2',
      'X-Empty: ',
      'User-Agent: second',
      'Cookie: c=3',
      'X-Repeated: three',
      'X-Latin-1: caf\xe9',
      'Referer: one',
      'Referer: two',
      'From: a',
      'from: b',
      'Content-Type: text/a',
      'Content-Type: text/b',
      '__proto__: x',
    ];
    const got = await delivered(
      backend,
      port,
      `GET / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );
    expect(pairs(got.rawHeaders)).toEqual(lines);
    expect(values(got.rawHeaders, 'host')).toEqual(['a']);
  });

  test('900 headers arrive', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const lines = Array.from({ length: 900 }, (_, i) => `h${i}: ${i}`);
    const got = await delivered(
      backend,
      port,
      `GET / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );
    expect(pairs(got.rawHeaders)).toEqual(lines);
  });

  test.each(['', 'Expect: 100-continue\r\n'])(
    'X-Forwarded-* and Via are complete, and nothing forged is left (%j)',
    async (expectation) => {
      const backend = await origin();
      const { port } = await front({ engine, backends: [backend.url] });
      const forged =
        'X-Forwarded-For: 6.6.6.6\r\nx-forwarded-proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 666\r\n' +
        'X-Forwarded-Prefix: /evil\r\nX-Forwarded-User: root\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n';
      const head = `POST / HTTP/1.1\r\nHost: shop.example:8080\r\n${forged}${expectation}Content-Length: 4\r\n`;
      const client = await rawClient(port);
      client.write(`${head}Connection: close\r\n\r\n`);
      if (expectation !== '') await client.until('100 Continue\r\n\r\n');
      client.write('body');
      await client.closed;
      const { rawHeaders, body } = backend.last();
      expect(body.toString()).toBe('body');
      expect(values(rawHeaders, 'x-forwarded-for')).toEqual(['127.0.0.1']);
      expect(values(rawHeaders, 'x-forwarded-proto')).toEqual(['http']);
      expect(values(rawHeaders, 'x-forwarded-host')).toEqual(['shop.example:8080']);
      expect(values(rawHeaders, 'x-forwarded-port')).toEqual(['8080']);
      expect(values(rawHeaders, 'via')).toEqual(['1.1 fairlead']);
      for (const name of ['x-forwarded-prefix', 'x-forwarded-user', 'forwarded', 'x-real-ip', 'expect']) {
        expect(values(rawHeaders, name), name).toEqual([]);
      }
    },
  );

  test('hop-by-hop headers stay on this side, those named by Connection too', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const got = await delivered(
      backend,
      port,
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Secret ,x-other\r\nConnection: keep-this-out\r\nKeep-Alive: timeout=5\r\n' +
        'Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nTE: gzip;q=1, trailers\r\nUpgrade: h2c\r\n' +
        'X-Secret: 1\r\nX-Other: 2\r\nKeep-This-Out: 3\r\nX-Kept: 4\r\n\r\n',
    );
    expect(pairs(got.rawHeaders)).toEqual(['X-Kept: 4', 'TE: trailers']);
    expect(values(got.rawHeaders, 'connection')).toEqual(['keep-alive']);
  });

  test('Connection cannot take away what frames or addresses the request, nor what we say of the client', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const got = await delivered(
      backend,
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n' +
        'Connection: close, host, content-length, x-forwarded-for, via\r\n\r\nbody',
    );
    expect(got.body.toString()).toBe('body');
    expect(values(got.rawHeaders, 'host')).toEqual(['a']);
    expect(values(got.rawHeaders, 'content-length')).toEqual(['4']);
    expect(values(got.rawHeaders, 'x-forwarded-for')).toEqual(['127.0.0.1']);
    expect(values(got.rawHeaders, 'via')).toEqual(['1.1 fairlead']);
  });
});
