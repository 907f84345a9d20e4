import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEdits } from '../../../lib/forward/header-edits.js';
import type { BodyForm } from '../../../lib/forward/request/body.js';
import { type RequestHeadOptions, requestHeaders } from '../../../lib/forward/request/head.js';
import { type ExchangeSpec, fakeExchange, MemorySocket, one } from '../../core/fakes.js';

const NONE: BodyForm = { kind: 'none' };
const CHUNKS: BodyForm = { kind: 'stream', length: undefined };
const SILENT = { xForwarded: false, standard: false, realIp: false, via: false };
const DEFAULTS: RequestHeadOptions = {
  forwarded: SILENT,
  stickyCookie: undefined,
  host: 'preserve',
  path: 'stripped',
  headers: compileEdits({ set: {}, remove: [] }),
  requestId: undefined,
};

interface HeadSpec extends ExchangeSpec {
  readonly body?: BodyForm;
  readonly authority?: string;
  readonly backend?: string;
  readonly options?: Partial<RequestHeadOptions>;
}

/** The head as lines, `Host` first. */
function lines(spec: HeadSpec = {}): string[] {
  const { body = NONE, authority, backend, options, ...rest } = spec;
  const exchange = authority === undefined ? rest : { ...rest, url: `http://${authority}/x` };
  const list = requestHeaders(fakeExchange(exchange), one(backend), body, { ...DEFAULTS, ...options });
  expect(list.length % 2).toBe(0);
  return list.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${list[i + 1]}`] : []));
}

const HOST = ['Host', 'app.example'];
const own = (spec: HeadSpec): string[] => lines({ ...spec, headers: [...HOST, ...(spec.headers ?? [])] }).slice(1);

describe('the client’s lines', () => {
  it('keep their order, their spelling and their repetitions', () => {
    const headers = ['x-b', '2', 'X-A', '1', 'AUTHORIZATION', 'one', 'Authorization', 'two', 'X-a', '3', 'x-b', '2'];
    expect(own({ headers })).toEqual([
      'x-b: 2',
      'X-A: 1',
      'AUTHORIZATION: one',
      'Authorization: two',
      'X-a: 3',
      'x-b: 2',
    ]);
  });

  it('are all there, in order, whatever they are', () => {
    const name = fc.stringMatching(/^x-[a-zA-Z0-9_.~-]{1,8}$/).filter((text) => !/^x-(forwarded|real)/i.test(text));
    const value = fc.stringMatching(/^[\x21-\x7e]{0,10}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (pairs) => {
        expect(own({ headers: pairs.flat() })).toEqual(pairs.map(([key, text]) => `${key}: ${text}`));
      }),
    );
  });

  it('leave the client’s request as it was', () => {
    const exchange = fakeExchange({ headers: [...HOST, 'Connection', 'X-A', 'X-A', '1', 'Cookie', 'a=1; lb=x'] });
    const before = [...exchange.request.rawHeaders];
    const headers = { ...exchange.request.headers };
    requestHeaders(exchange, one(), NONE, { ...DEFAULTS, stickyCookie: 'lb' });
    expect(exchange.request.rawHeaders).toEqual(before);
    expect(exchange.request.headers).toEqual(headers);
  });
});

describe('Host', () => {
  it('is the client’s, first of all', () => {
    expect(lines({ headers: ['X-A', '1', 'host', 'app.example:8080'] })).toEqual(['Host: app.example:8080', 'X-A: 1']);
  });

  it('stands once, however often the client says it', () => {
    expect(lines({ headers: ['Host', 'app.example', 'Host', 'evil.example'] })).toEqual(['Host: app.example']);
  });

  it('is the backend’s where the client says none (HTTP/1.0)', () => {
    expect(lines({ httpVersion: '1.0' })).toEqual(['Host: 10.0.0.1:3000']);
  });

  it('is that of an absolute-form target, which takes the place of the line (RFC 9112, 3.2.2)', () => {
    expect(lines({ headers: ['Host', 'evil.example'], authority: 'app.example' })).toEqual(['Host: app.example']);
  });

  it.each([
    ['preserve', undefined, 'Host: app.example'],
    ['backend', undefined, 'Host: 10.0.0.1:3000'],
    ['backend', 'https://b.example', 'Host: b.example'],
    ['backend', 'unix:/run/app.sock', 'Host: localhost'],
    ['other.example', undefined, 'Host: other.example'],
  ])('with the option %s, at %s', (host, backend, expected) => {
    const spec = backend === undefined ? {} : { backend };
    expect(lines({ headers: HOST, options: { host }, ...spec })).toEqual([expected]);
    expect(lines({ headers: HOST, authority: 'app.example', options: { host }, ...spec })).toEqual([expected]);
  });

  it('is that of a Unix socket’s machine where the client says none', () => {
    expect(lines({ httpVersion: '1.0', backend: 'unix:/run/app.sock' })).toEqual(['Host: localhost']);
  });

  it('of an HTTP/2 request is its authority', () => {
    const headers = [':method', 'GET', ':path', '/', ':authority', 'app.example', ':scheme', 'https', 'x-a', '1'];
    expect(lines({ httpVersion: '2.0', headers })).toEqual(['Host: app.example', 'x-a: 1']);
  });
});

describe('what belongs to this hop', () => {
  it.each([
    ['Connection', 'close'],
    ['Connection', 'keep-alive'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Connection', 'keep-alive'],
    ['Proxy-Authorization', 'Basic eA=='],
    ['Proxy-Authenticate', 'Basic'],
    ['Upgrade', 'h2c'],
    ['TE', 'gzip'],
    ['Expect', '100-continue'],
  ])('%s: %s stays here', (name, value) => {
    expect(own({ headers: [name, value, 'X-A', '1'] })).toEqual(['X-A: 1']);
  });

  it('includes what Connection names', () => {
    const headers = ['Connection', 'close, X-Secret', 'x-secret', '1', 'X-A', '1'];
    expect(own({ headers })).toEqual(['X-A: 1']);
  });

  it('includes what a second Connection line names', () => {
    const headers = ['Connection', 'X-One', 'Connection', 'X-Two', 'X-One', '1', 'X-Two', '2', 'X-A', '1'];
    expect(own({ headers })).toEqual(['X-A: 1']);
  });

  it('never takes Host or the framing with it, whatever Connection names', () => {
    const headers = ['Connection', 'Host, Content-Length, Transfer-Encoding', 'Content-Length', '5'];
    expect(lines({ headers: [...HOST, ...headers], body: { kind: 'stream', length: '5' } })).toEqual([
      'Host: app.example',
      'Content-Length: 5',
    ]);
  });

  it('lets TE: trailers pass, and nothing else of TE', () => {
    expect(own({ headers: ['TE', 'trailers'] })).toEqual(['TE: trailers']);
    expect(own({ headers: ['te', 'gzip;q=0.5, Trailers'] })).toEqual(['TE: trailers']);
    expect(own({ headers: ['TE', 'x-trailers'] })).toEqual([]);
  });

  it('lets Trailer pass where the body goes out in chunks: Node throws beside a length', () => {
    const headers = ['Trailer', 'Checksum'];
    expect(own({ headers: ['Transfer-Encoding', 'chunked', ...headers], body: CHUNKS })).toEqual([
      'Transfer-Encoding: chunked',
      'Trailer: Checksum',
    ]);
    expect(own({ headers })).toEqual([]);
    expect(own({ headers, body: { kind: 'stream', length: '5' } })).toEqual(['Content-Length: 5']);
    expect(own({ headers, body: { kind: 'bytes', bytes: Buffer.from('x') } })).toEqual(['Content-Length: 1']);
  });
});

describe('the framing', () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  const framing = (spec: HeadSpec): string[] =>
    own(spec).filter((line) => /^(content-length|transfer-encoding):/i.test(line));

  it.each(METHODS)('%s with chunks stays chunked: a length in its place would be request smuggling', (method) => {
    const headers = ['Transfer-Encoding', 'chunked'];
    expect(framing({ method, headers, body: CHUNKS })).toEqual(['Transfer-Encoding: chunked']);
  });

  it.each(METHODS)('%s with a length keeps it', (method) => {
    const headers = ['content-length', '5'];
    expect(framing({ method, headers, body: { kind: 'stream', length: '5' } })).toEqual(['Content-Length: 5']);
  });

  it.each(METHODS)('%s with both, or several of one, goes out with one', (method) => {
    const headers = ['Content-Length', '5', 'Transfer-Encoding', 'chunked', 'content-length', '6'];
    expect(framing({ method, headers, body: CHUNKS })).toEqual(['Transfer-Encoding: chunked']);
  });

  it.each(METHODS)('%s never goes out with two framings, whatever came', (method) => {
    const line = fc.constantFrom(
      ['Content-Length', '5'],
      ['Content-Length', '0'],
      ['content-length', '+5'],
      ['Transfer-Encoding', 'chunked'],
      ['transfer-encoding', 'gzip, chunked'],
      ['Transfer-Encoding', 'identity'],
      ['Connection', 'transfer-encoding, content-length'],
      ['TE', 'trailers'],
      ['Trailer', 'Content-Length'],
    );
    const body = fc.constantFrom<BodyForm>(
      NONE,
      CHUNKS,
      { kind: 'stream', length: '5' },
      {
        kind: 'bytes',
        bytes: Buffer.from('12345'),
      },
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), body, (headers, how) => {
        const sent = framing({ method, headers: headers.flat(), body: how });
        const expected = {
          none: ['POST', 'PUT', 'PATCH'].includes(method) ? ['Content-Length: 0'] : [],
          stream: [how === CHUNKS ? 'Transfer-Encoding: chunked' : 'Content-Length: 5'],
          bytes: ['Content-Length: 5'],
        }[how.kind];
        expect(sent).toEqual(expected);
      }),
    );
  });

  it('of a body that was parsed counts bytes, and drops what told of its packing', () => {
    const headers = ['Content-Encoding', 'gzip', 'Content-Length', '999', 'Content-Type', 'application/json'];
    const body: BodyForm = { kind: 'bytes', bytes: Buffer.from('"ü"') };
    expect(own({ method: 'POST', headers, body })).toEqual(['Content-Type: application/json', 'Content-Length: 4']);
  });

  it('leaves Content-Encoding where the body is streamed', () => {
    const body: BodyForm = { kind: 'stream', length: '9' };
    expect(own({ method: 'POST', headers: ['Content-Encoding', 'gzip'], body })).toContain('Content-Encoding: gzip');
  });
});

describe('cookies', () => {
  it('go on without ours, the rest byte for byte', () => {
    const headers = ['Cookie', 'a=1;  b="2"; lb=secret; c'];
    expect(own({ headers, options: { stickyCookie: 'lb' } })).toEqual(['Cookie: a=1;  b="2"; c']);
  });

  it('leave no empty line behind', () => {
    expect(own({ headers: ['Cookie', 'lb=secret'], options: { stickyCookie: 'lb' } })).toEqual([]);
  });

  it('are all looked through when they come in several lines', () => {
    const headers = ['Cookie', 'a=1', 'cookie', 'lb=secret', 'Cookie', 'b=2; lb=again'];
    expect(own({ headers, options: { stickyCookie: 'lb' } })).toEqual(['Cookie: a=1', 'Cookie: b=2']);
  });

  // RFC 9113, 8.2.3: browsers split Cookie over HTTP/2, and an HTTP/1.1 server may look at the first line only.
  it('that HTTP/2 has split are one line again', () => {
    const headers = [':authority', 'app.example', 'cookie', 'a=1', 'x-a', '1', 'cookie', 'lb=secret', 'cookie', 'b=2'];
    const cookies = lines({ httpVersion: '2.0', headers, options: { stickyCookie: 'lb' } }).filter((line) =>
      /^cookie:/i.test(line),
    );
    expect(cookies.map((line) => line.toLowerCase())).toEqual(['cookie: a=1; b=2']);
  });
});

describe('who is asking', () => {
  const forwarded = { xForwarded: true, standard: false, realIp: true, via: true };
  const claims = [
    'x-forwarded-for',
    '1.1.1.1',
    'X-Forwarded-User',
    'root',
    'Forwarded',
    'for=1.1.1.1',
    'X-Real-IP',
    '1.1.1.1',
  ];

  it('is said by us alone when the peer is not trusted', () => {
    expect(own({ headers: claims, options: { forwarded } })).toEqual([
      'X-Forwarded-For: 203.0.113.7',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: app.example',
      'X-Forwarded-Port: 80',
      'X-Real-IP: 203.0.113.7',
      'Via: 1.1 fairlead',
    ]);
  });

  it('is added to what a trusted peer says', () => {
    const client = { peer: '10.0.0.1', peerTrusted: true, address: '1.1.1.1' };
    expect(own({ headers: [...claims, 'Via', '1.1 edge'], options: { forwarded }, client })).toEqual([
      'X-Forwarded-User: root',
      'Forwarded: for=1.1.1.1',
      'Via: 1.1 edge',
      'X-Forwarded-For: 1.1.1.1, 10.0.0.1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: app.example',
      'X-Forwarded-Port: 80',
      'X-Real-IP: 1.1.1.1',
      'Via: 1.1 fairlead',
    ]);
  });

  it('stands in no line of a client nobody trusts even when we say nothing', () => {
    expect(own({ headers: claims })).toEqual([]);
  });
});

describe('an upgrade', () => {
  it('asks for the protocol the client asks for, in headers of our own', () => {
    const upgrade = { socket: new MemorySocket(), release: () => Buffer.alloc(0) };
    const headers = [
      'Connection',
      'Upgrade, X-Secret',
      'X-Secret',
      '1',
      'upgrade',
      'WebSocket',
      'Sec-WebSocket-Key',
      'k',
    ];
    expect(own({ headers, upgrade })).toEqual(['Sec-WebSocket-Key: k', 'Connection: Upgrade', 'Upgrade: WebSocket']);
  });
});

describe('a request id', () => {
  const options = { requestId: 'X-Request-Id' };

  it('stands in the place of the client’s line, whatever its spelling', () => {
    const headers = ['x-request-id', 'bad id', 'X-A', '1', 'X-REQUEST-ID', 'another'];
    expect(own({ headers, requestId: 'abc', options })).toEqual(['X-A: 1', 'X-Request-Id: abc']);
  });

  it('that nobody asked for leaves the client’s line alone', () => {
    expect(own({ headers: ['x-request-id', 'its own'] })).toEqual(['x-request-id: its own']);
  });
});

describe('the operator’s edits', () => {
  it('come last: they remove and replace whatever the client or we have written', () => {
    const headers = compileEdits({
      set: { 'X-Env': 'prod', Via: 'mine', 'x-forwarded-for': 'hidden' },
      remove: ['X-Secret', 'x-forwarded-port'],
    });
    const forwarded = { ...SILENT, xForwarded: true, via: true };
    const client = ['x-env', 'dev', 'X-SECRET', 's', 'X-A', '1', 'Via', '1.1 edge'];
    expect(own({ headers: client, options: { headers, forwarded } })).toEqual([
      'X-A: 1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Host: app.example',
      'X-Env: prod',
      'Via: mine',
      'x-forwarded-for: hidden',
    ]);
  });
});
