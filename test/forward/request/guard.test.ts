import { describe, expect, it } from 'vitest';
import { guardRequest } from '../../../lib/forward/request/guard.js';
import { requestPath } from '../../../lib/forward/request/target.js';
import { fakeRequest, type RequestSpec, thrownBy } from '../../core/fakes.js';

function guard(spec: RequestSpec): void {
  const request = fakeRequest(spec);
  guardRequest(request, requestPath(request, 'stripped'));
}

const HOST = ['Host', 'app.example'];
const refusal = (spec: RequestSpec): string => {
  const error = thrownBy(() => guard(spec));
  expect(error).toMatchObject({ code: 'FAIRLEAD_BAD_REQUEST', status: 400, blame: 'client' });
  return error.message;
};

describe('Host', () => {
  it.each([
    'app.example',
    'app.example:8080',
    '10.0.0.1',
    '[::1]',
    '[::1]:8080',
    'a_b.example',
    'xn--bcher-kva.example',
    'h:',
    '',
  ])('may be %j', (host) => {
    expect(() => guard({ headers: ['Host', host] })).not.toThrow();
  });

  it.each([
    'a b',
    'a/b',
    'a@b',
    'a?b',
    'a#b',
    'a\\b',
    '::1',
    '[::1',
    'a:8080:1',
    'a:port',
    'a:123456',
    'a, b',
    'ä',
    '<x>',
  ])('may not be %j', (host) => {
    expect(refusal({ headers: ['Host', host] })).toBe('the client sent a malformed Host');
  });

  it('stands once', () => {
    expect(refusal({ headers: [...HOST, 'host', 'app.example'] })).toBe('the client sent more than one Host');
  });

  it('may be missing in HTTP/1.0 and HTTP/2', () => {
    expect(() => guard({ httpVersion: '1.0' })).not.toThrow();
    expect(() => guard({ httpVersion: '2.0', headers: [':authority', 'app.example'] })).not.toThrow();
  });

  it('gives way to the authority of an absolute target, which is held to the same', () => {
    expect(() => guard({ url: 'http://app.example/x', headers: ['Host', 'other'] })).not.toThrow();
    expect(refusal({ url: 'http://me:pw@app.example/x', headers: HOST })).toMatch(/malformed Host/);
  });

  it('of HTTP/2 is held to the same', () => {
    expect(refusal({ httpVersion: '2.0', headers: [':authority', 'a b'] })).toMatch(/malformed Host/);
  });
});

describe('the target', () => {
  it.each(['/', '/x?q', '//x'])('may be %s', (url) => {
    expect(() => guard({ url, headers: HOST })).not.toThrow();
  });

  it('may be * of OPTIONS only', () => {
    expect(() => guard({ url: '*', method: 'OPTIONS', headers: HOST })).not.toThrow();
    expect(refusal({ url: '*', headers: HOST })).toBe('the client sent a malformed target');
  });

  it.each(['', 'x', 'ftp://a/b', 'a:80', '?q', '*x'])('may not be %j', (url) => {
    expect(refusal({ url, method: 'OPTIONS', headers: HOST })).toBe('the client sent a malformed target');
  });
});

describe('the framing', () => {
  it.each([[[]], [['Content-Length', '5']], [['Transfer-Encoding', 'chunked']], [['transfer-encoding', 'CHUNKED']]])(
    'may be %j',
    (headers) => {
      expect(() => guard({ method: 'POST', headers: [...HOST, ...headers] })).not.toThrow();
    },
  );

  it.each([
    [['Transfer-Encoding', 'chunked', 'Content-Length', '5'], 'both Transfer-Encoding and Content-Length'],
    [['Content-Length', '5', 'Transfer-Encoding', 'chunked'], 'both Transfer-Encoding and Content-Length'],
    [['Transfer-Encoding', 'gzip, chunked'], 'a Transfer-Encoding other than chunked'],
    [['Transfer-Encoding', 'identity'], 'a Transfer-Encoding other than chunked'],
    [['Transfer-Encoding', 'xchunked'], 'a Transfer-Encoding other than chunked'],
    [['Transfer-Encoding', ''], 'a Transfer-Encoding other than chunked'],
    [['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked'], 'a Transfer-Encoding other than chunked'],
  ])('may not be %j', (headers, problem) => {
    expect(refusal({ method: 'POST', headers: [...HOST, ...headers] })).toBe(`the client sent ${problem}`);
  });

  it('of HTTP/1.0 knows no Transfer-Encoding', () => {
    const headers = ['Transfer-Encoding', 'chunked'];
    expect(refusal({ httpVersion: '1.0', headers })).toBe('the client sent Transfer-Encoding in an HTTP/1.0 request');
  });
});

describe('the number of header lines', () => {
  const lines = (count: number): string[] => [
    ...HOST,
    ...Array.from({ length: count - 1 }, (_, i) => [`X-${i}`, '1']).flat(),
  ];

  it('stays below what Node keeps: behind that it drops lines without a word', () => {
    expect(() => guard({ headers: lines(999) })).not.toThrow();
    expect(refusal({ headers: lines(1000) })).toBe('the client sent 1000 header lines or more');
  });

  it.each([
    [10, 9, undefined],
    [10, 10, 'the client sent 10 header lines or more'],
    [0, 5000, undefined],
  ])('with the server’s limit at %i, %i lines: %s', (maxHeadersCount, count, problem) => {
    const request = fakeRequest({ headers: lines(count) });
    Object.assign(request.socket, { server: { maxHeadersCount } });
    const run = (): void => guardRequest(request, requestPath(request, 'stripped'));
    if (problem === undefined) expect(run).not.toThrow();
    else expect(thrownBy(run).message).toBe(problem);
  });
});
