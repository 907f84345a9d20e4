import { describe, expect, it } from 'vitest';
import { compileEdits } from '../../../lib/forward/header-edits.js';
import { type ResponseEdits, writeHead } from '../../../lib/forward/response/head.js';
import { fakeRequest, fakeResponse, type RequestSpec } from '../../core/fakes.js';

const UNEDITED: ResponseEdits = {
  pin: () => [],
  headers: compileEdits({ set: {}, remove: [] }),
  map: undefined,
  added: [],
};

interface HeadSpec extends RequestSpec {
  readonly status?: number;
  readonly reason?: string;
  readonly answer?: readonly string[];
  readonly pin?: readonly string[];
  readonly edits?: Partial<ResponseEdits>;
  /** What the app in front has set on the response; with anything here Node's slower way of writing is taken. */
  readonly app?: Readonly<Record<string, string>>;
}

/** The head as it goes out, line by line, without the lines Node adds by itself. */
function written(spec: HeadSpec = {}): string[] {
  const { status = 200, reason = 'OK', answer = [], pin = [], edits, app = {}, ...request } = spec;
  const { response, socket } = fakeResponse(fakeRequest(request));
  for (const [name, value] of Object.entries(app)) response.setHeader(name, value);
  writeHead(response, { status, reason, headers: answer }, { ...UNEDITED, pin: () => pin, ...edits });
  response.flushHeaders();
  const lines = (socket.written.split('\r\n\r\n')[0] ?? '').split('\r\n');
  return lines.filter((line) => !/^(date|connection|keep-alive|transfer-encoding):/i.test(line));
}

const PIN = ['Set-Cookie', 'lb=x; Path=/'];
/** Both ways of writing: nothing set before, and something. */
const ways: [string, Readonly<Record<string, string>>][] = [
  ['alone', {}],
  ['behind an app that has set headers', { 'X-Powered-By': 'Express' }],
];

describe.each(ways)('the head, %s', (_way, app) => {
  const own = Object.entries(app).map(([name, value]) => `${name}: ${value}`);
  const head = (spec: HeadSpec): string[] => written({ ...spec, app }).filter((line) => !own.includes(line));

  it('has the backend’s status and reason', () => {
    expect(head({ status: 404, reason: 'Nobody Here' })).toEqual(['HTTP/1.1 404 Nobody Here']);
    expect(head({ status: 299, reason: 'Own' })).toEqual(['HTTP/1.1 299 Own']);
    expect(head({ status: 999, reason: 'Odd' })).toEqual(['HTTP/1.1 999 Odd']);
  });

  it('has Node’s reason where the backend’s is none, or none that could be sent', () => {
    expect(head({ reason: '' })[0]).toBe('HTTP/1.1 200 OK');
    expect(head({ reason: 'a\r\nX-Evil: 1' })).toEqual(['HTTP/1.1 200 OK']);
    expect(head({ reason: 'd\u20acad' })).toEqual(['HTTP/1.1 200 OK']);
  });

  it('keeps spelling and repeated lines', () => {
    const answer = ['x-b', '1', 'ETag', '"x"', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'X-b', '2'];
    const lines = head({ answer });
    expect(lines.filter((line) => /^set-cookie/i.test(line)).map((line) => line.slice(12))).toEqual(['a=1', 'b=2']);
    expect(lines.filter((line) => /^x-b/i.test(line)).map((line) => line.slice(5))).toEqual(['1', '2']);
    expect(lines).toContain('ETag: "x"');
  });

  it.each([
    ['Connection', 'close'],
    ['Connection', 'X-Secret'],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Authenticate', 'Basic'],
    ['Upgrade', 'h2c'],
    ['Transfer-Encoding', 'chunked'],
  ])('keeps %s: %s here', (name, value) => {
    const answer = [name, value, 'X-Secret', 's', 'X-A', '1'];
    const kept = value === 'X-Secret' ? ['X-A: 1'] : ['X-Secret: s', 'X-A: 1'];
    expect(head({ answer })).toEqual(['HTTP/1.1 200 OK', ...kept]);
  });

  it('lets Trailer pass only where the answer goes out in chunks', () => {
    const answer = ['Trailer', 'Checksum'];
    const kept = (spec: HeadSpec): boolean => head(spec).includes('Trailer: Checksum');
    expect(kept({ answer })).toBe(true);
    expect(kept({ answer: [...answer, 'Content-Length', '5'] })).toBe(false);
    expect(kept({ answer, method: 'HEAD' })).toBe(false);
    expect(kept({ answer, status: 204 })).toBe(false);
    expect(kept({ answer, status: 304 })).toBe(false);
    expect(kept({ answer, httpVersion: '1.0' })).toBe(false);
  });

  it('has no reason phrase to say in HTTP/2', () => {
    expect(head({ httpVersion: '2.0', reason: 'Nobody Here' })[0]).toBe('HTTP/1.1 200 OK');
  });

  it('refuses what is no status or no value, with nothing sent', () => {
    const broken = (spec: HeadSpec) => () => head(spec);
    expect(broken({ status: 42 })).toThrow(RangeError);
    expect(broken({ status: 1000 })).toThrow(RangeError);
    expect(broken({ answer: ['X-A', 'a\nb'] })).toThrow(TypeError);
    expect(broken({ answer: ['X A', '1'] })).toThrow(TypeError);
  });

  describe('with a pin', () => {
    it('sets the cookie beside the backend’s own', () => {
      const lines = head({ answer: ['Set-Cookie', 'a=1'], pin: PIN });
      expect(lines.filter((line) => /^set-cookie/i.test(line))).toEqual([
        'Set-Cookie: a=1',
        'Set-Cookie: lb=x; Path=/',
      ]);
    });

    it.each([
      [[], 'private'],
      [['public, max-age=60'], 'max-age=60, private'],
      [['private, max-age=60'], 'max-age=60, private'],
      [['PUBLIC'], 'private'],
      [['s-maxage=600, max-age=60, must-revalidate'], 'max-age=60, must-revalidate, private'],
      [['max-age=60', 'public'], 'max-age=60, private'],
      [['no-store'], 'no-store'],
      [['private="no-store", max-age=60'], 'max-age=60, private'],
      [['max-age=60, x="no-store"'], 'max-age=60, x="no-store", private'],
      [['no-cache="Set-Cookie, X-A"'], 'no-cache="Set-Cookie, X-A", private'],
      [['private="X-A, X-B", max-age=60'], 'max-age=60, private'],
      [[''], 'private'],
    ])('is kept by no shared cache: Cache-Control %j becomes %s', (values, expected) => {
      const answer = values.flatMap((value) => ['cache-control', value]);
      const lines = head({ answer, pin: PIN }).filter((line) => /^cache-control/i.test(line));
      expect(lines).toEqual([`Cache-Control: ${expected}`]);
    });
  });

  it.each([
    [{ set: { 'cache-control': 'public, max-age=60' }, remove: [] }, 'max-age=60, private'],
    [{ set: {}, remove: ['Cache-Control'] }, 'private'],
    [{ set: { 'CDN-Cache-Control': 'max-age=60' }, remove: [] }, 'no-cache, private'],
  ])('with a pin is kept by no shared cache whatever the operator sets: %j', (edits, expected) => {
    const lines = head({ answer: ['cache-control', 'no-cache'], pin: PIN, edits: { headers: compileEdits(edits) } });
    expect(lines.filter((line) => /cache-control/i.test(line))).toEqual([`Cache-Control: ${expected}`]);
  });

  it('asks for the pin once', () => {
    let asked = 0;
    const pin = (): readonly string[] => {
      asked++;
      return PIN;
    };
    head({ answer: ['cache-control', 'public', 'X-A', '1'], edits: { pin } });
    expect(asked).toBe(1);
  });

  it('maps what a backend below a mount gets wrong, by lower-case name, and adds lines of ours', () => {
    const map = (name: string, value: string): string => (name === 'location' ? `/api${value}` : value);
    const edits = { map, added: ['X-Request-Id', 'abc'] };
    expect(head({ answer: ['LOCATION', '/x', 'X-A', '/x'], edits })).toEqual([
      'HTTP/1.1 200 OK',
      'LOCATION: /api/x',
      'X-A: /x',
      'X-Request-Id: abc',
    ]);
  });

  it('has lines of ours in place of the backend’s, which may echo what it was sent', () => {
    const edits = { added: ['X-Request-Id', 'abc'] };
    const answer = ['x-request-id', 'abc', 'X-A', '1', 'X-REQUEST-ID', 'its own'];
    expect(head({ answer, edits })).toEqual(['HTTP/1.1 200 OK', 'X-A: 1', 'X-Request-Id: abc']);
  });

  it('lets the operator’s edits have the last word', () => {
    const headers = compileEdits({ set: { Server: 'mine', 'x-request-id': 'hidden' }, remove: ['X-Powered-By-It'] });
    const edits = { headers, added: ['X-Request-Id', 'abc'] };
    const answer = ['server', 'nginx', 'x-powered-by-it', 'PHP', 'X-A', '1'];
    expect(head({ answer, edits })).toEqual(['HTTP/1.1 200 OK', 'X-A: 1', 'Server: mine', 'x-request-id: hidden']);
  });

  it('without a pin leaves Cache-Control alone', () => {
    expect(head({ answer: ['cache-control', 'public, s-maxage=60'] })).toContain('cache-control: public, s-maxage=60');
  });
});

describe('behind an app that has set headers', () => {
  it('the backend’s word replaces the app’s, but for lists that both add to', () => {
    const app = { 'Content-Type': 'text/plain', Vary: 'Origin', 'Set-Cookie': 'session=1', 'X-App': '1' };
    const answer = ['content-type', 'image/png', 'vary', 'Accept', 'set-cookie', 'a=1'];
    const lines = written({ answer, app }).map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()));
    expect(lines).toContain('content-type: image/png');
    expect(lines).not.toContain('content-type: text/plain');
    expect(lines).toContain('x-app: 1');
    expect(lines.filter((line) => line.startsWith('set-cookie')).sort()).toEqual([
      'set-cookie: a=1',
      'set-cookie: session=1',
    ]);
    expect(lines.filter((line) => line.startsWith('vary')).join()).toMatch(/Origin.*Accept/);
  });

  it.each<[Record<string, string>, readonly string[], string]>([
    [{ 'Cache-Control': 'public, max-age=60', 'CDN-Cache-Control': 'max-age=60' }, [], 'max-age=60, private'],
    [{ 'Cache-Control': 'no-store', 'Surrogate-Control': 'max-age=60' }, [], 'no-store'],
    [{ 'Cache-Control': 'no-store' }, ['cache-control', 'max-age=5'], 'max-age=5, private'],
  ])('an answer with a pin is kept by no shared cache whatever the app says: %j', (app, answer, expected) => {
    const lines = written({ app, answer, pin: PIN });
    expect(lines.filter((line) => /(cache|surrogate)-control/i.test(line))).toEqual([`Cache-Control: ${expected}`]);
  });

  it('a middleware that has wrapped writeHead is called (compression and on-headers hang on it)', () => {
    const { response } = fakeResponse(fakeRequest());
    const original = response.writeHead;
    let seen: string[] = [];
    response.writeHead = function wrapped(this: typeof response, ...args: unknown[]) {
      seen = response.getHeaderNames();
      return Reflect.apply(original, this, args);
    } as typeof response.writeHead;
    writeHead(response, { status: 200, reason: 'OK', headers: ['ETag', '"x"'] }, UNEDITED);
    expect(seen).toEqual(['etag']);
  });
});
