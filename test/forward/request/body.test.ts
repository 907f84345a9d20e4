import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../lib/forward/request/body.js';
import { consumedRequest, fakeRequest, thrownBy } from '../../core/fakes.js';

const NONE = (): number => 0;

describe('bodyOf', () => {
  it.each([
    ['GET', []],
    ['POST', []],
    ['POST', ['Content-Length', '0']],
    ['DELETE', ['Content-Length', '0']],
  ])('%s %j has none', (method, headers) => {
    expect(bodyOf(fakeRequest({ method, headers }), NONE)).toEqual({ kind: 'none' });
  });

  it.each(['GET', 'POST', 'DELETE', 'OPTIONS'])('%s streams what it announces', (method) => {
    expect(bodyOf(fakeRequest({ method, headers: ['Content-Length', '5'] }), NONE)).toMatchObject({
      kind: 'stream',
      length: '5',
    });
  });

  it.each(['GET', 'POST', 'DELETE', 'OPTIONS'])('%s streams its chunks', (method) => {
    const request = fakeRequest({ method, headers: ['Transfer-Encoding', 'chunked'] });
    expect(bodyOf(request, NONE)).toMatchObject({ kind: 'stream', length: undefined });
  });

  it('believes the chunks where a length stands beside them (RFC 9112, 6.3)', () => {
    const request = fakeRequest({ headers: ['Content-Length', '5', 'Transfer-Encoding', 'chunked'] });
    expect(bodyOf(request, NONE)).toMatchObject({ kind: 'stream', length: undefined });
  });

  it('of an HTTP/2 request depends on whether its head was its end', () => {
    const request = (endAfterHeaders: boolean, headers: string[] = []) =>
      fakeRequest({ httpVersion: '2.0', headers, extra: { stream: { endAfterHeaders } } });
    expect(bodyOf(request(true), NONE)).toEqual({ kind: 'none' });
    expect(bodyOf(request(false), NONE)).toMatchObject({ kind: 'stream', length: undefined });
    expect(bodyOf(request(false, ['content-length', '5']), NONE)).toMatchObject({ kind: 'stream', length: '5' });
  });

  it('that was read is what the parser left', async () => {
    const request = await consumedRequest({
      headers: ['Content-Length', '9', 'Content-Type', 'application/json'],
      extra: { body: { a: 1 } },
    });
    expect(bodyOf(request, NONE)).toEqual({ kind: 'bytes', bytes: Buffer.from('{"a":1}') });
  });

  it('that was not read is streamed, whatever a middleware has put in req.body', () => {
    const request = fakeRequest({ headers: ['Content-Length', '9'], extra: { body: {} } });
    expect(bodyOf(request, NONE)).toMatchObject({ kind: 'stream', length: '9' });
  });

  it('that was read to its end and was empty is sent empty', async () => {
    const request = await consumedRequest({ headers: ['Transfer-Encoding', 'chunked'], extra: { body: {} } }, '');
    expect(bodyOf(request, NONE)).toEqual({ kind: 'bytes', bytes: Buffer.alloc(0) });
  });

  it('that was read and is gone is an error that says what to do', async () => {
    const request = await consumedRequest({ headers: ['Content-Length', '9', 'Content-Type', 'multipart/form-data'] });
    const error = thrownBy(() => bodyOf(request, NONE));
    expect(error).toMatchObject({ code: 'FAIRLEAD_BODY_CONSUMED', blame: 'proxy' });
    expect(error.message).toMatch(/Mount the balancer before it/);
  });
});
