import { describe, expect, test } from 'vitest';
import { front } from '../support/balance.js';
import { engineNames } from '../support/engines.js';
import { delivered, origin, values } from '../support/origin.js';
import { rawExchange } from '../support/peer.js';

describe.each(engineNames)('engine %s: request bodies', (engine) => {
  test.each(['DELETE', 'OPTIONS', 'GET', 'PROPFIND', 'POST'])(
    'chunks with %s arrive as its body, and smuggle nothing into the connection',
    async (method) => {
      const backend = await origin();
      const { port } = await front({ engine, backends: [backend.url] });
      const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
      const size = smuggled.length.toString(16);
      await rawExchange(
        port,
        `${method} /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${size}\r\n${smuggled}\r\n0\r\n\r\n`,
      );
      await rawExchange(port, 'GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      expect(backend.requests.map((request) => request.target)).toEqual(['/first', '/second']);
      expect(backend.requests[0]?.method).toBe(method);
      expect(backend.requests[0]?.body.toString()).toBe(smuggled);
      // undici ends a connection on which such a method had a body: some servers lose count there.
      expect(backend.accepted()).toBe(engine === 'undici' && ['DELETE', 'OPTIONS', 'GET'].includes(method) ? 2 : 1);
    },
  );

  test.each(['DELETE', 'OPTIONS', 'GET'])('a counted body of %s arrives as its body', async (method) => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const got = await delivered(
      backend,
      port,
      `${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody`,
    );
    expect(got.body.toString()).toBe('body');
    expect(values(got.rawHeaders, 'content-length')).toEqual(['4']);
    expect(values(got.rawHeaders, 'transfer-encoding')).toEqual([]);
  });

  test('an empty POST says that it is empty', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const got = await delivered(backend, port, 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(values(got.rawHeaders, 'content-length')).toEqual(['0']);
  });

  test('two framings at once reach no backend', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const { text } = await rawExchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(backend.requests).toHaveLength(0);
  });

  test('trailers of the request arrive', async () => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const got = await delivered(
      backend,
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-End\r\nConnection: close\r\n\r\n' +
        '4\r\nbody\r\n0\r\nX-Sum: 1\r\nX-End: 2\r\n\r\n',
    );
    expect(got.body.toString()).toBe('body');
    expect(values(got.rawHeaders, 'trailer')).toEqual(['X-Sum, X-End']);
    expect(got.rawTrailers).toEqual(['X-Sum', '1', 'X-End', '2']);
  });

  test.each(['Content-Length: 4\r\n', ''])('a Trailer header beside no chunks throws nowhere (%j)', async (length) => {
    const backend = await origin();
    const { port } = await front({ engine, backends: [backend.url] });
    const body = length === '' ? '' : 'body';
    const got = await delivered(
      backend,
      port,
      `POST / HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum\r\n${length}Connection: close\r\n\r\n${body}`,
    );
    expect(got.body.toString()).toBe(body);
    expect(values(got.rawHeaders, 'trailer')).toEqual([]);
  });
});
