import { describe, expect, it, vi } from 'vitest';
import { type ErrorCode, errorCodes, FairleadError } from '../../../lib/core/errors.js';
import { deliverError, type ErrorHandler, respondWithError } from '../../../lib/forward/response/error-response.js';
import { fakeRequest, fakeResponse, type RequestSpec, settled } from '../../core/fakes.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

function answer(code: ErrorCode, spec: RequestSpec = {}): Answer {
  const request = fakeRequest(spec);
  const { response, socket } = fakeResponse(request);
  const cause = new Error('ECONNREFUSED 10.0.0.1:3000');
  respondWithError(new FairleadError(code, 'backend b1 (http://10.0.0.1:3000) refused', { cause }), request, response);
  const [head = '', body = ''] = socket.written.split('\r\n\r\n', 2);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

describe('respondWithError', () => {
  it('is a short text', () => {
    expect(answer('FAIRLEAD_NO_BACKEND')).toMatchObject({
      status: 503,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'proxy-status': 'fairlead; error=destination_unavailable',
      },
      body: '503 Service Unavailable\nNo backend is available.\n',
    });
  });

  it.each(errorCodes)('%s: has the status and the length it says, and tells nothing of the inside', (code) => {
    for (const accept of ['*/*', 'application/json']) {
      const { status, headers, body } = answer(code, { headers: ['Accept', accept] });
      expect(status).toBe(new FairleadError(code, '').status);
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
      expect(JSON.stringify(headers) + body).not.toMatch(/10\.0\.0\.1|3000|b1|ECONNREFUSED|\.js|\.ts/);
    }
  });

  it.each([
    'application/json',
    'application/problem+json, application/json;q=0.9',
    'application/vnd.api+json',
    '*/*, application/json',
  ])('is problem+json for Accept: %s', (accept) => {
    const { headers, body } = answer('FAIRLEAD_CONNECT', { headers: ['Accept', accept] });
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: 'Bad Gateway',
      status: 502,
      detail: 'The backend could not be reached.',
      code: 'FAIRLEAD_CONNECT',
    });
  });

  it.each([undefined, '', '*/*', 'text/html', 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8'])(
    'is text for Accept: %s',
    (accept) => {
      const spec = accept === undefined ? {} : { headers: ['Accept', accept] };
      expect(answer('FAIRLEAD_CONNECT', spec).headers['content-type']).toMatch(/^text\/plain/);
    },
  );

  it('leaves the body out for HEAD', () => {
    const { status, headers, body } = answer('FAIRLEAD_CONNECT', { method: 'HEAD' });
    expect(status).toBe(502);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(body).toBe('');
  });

  it.each(errorCodes)('%s: says when to try again exactly when it is 503', (code) => {
    expect('retry-after' in answer(code).headers).toBe(new FairleadError(code, '').status === 503);
  });

  it.each(errorCodes)('%s: closes the connection when the balancer closes or a client broke its request', (code) => {
    const broken = code !== 'FAIRLEAD_RATE_LIMITED';
    const closes = code === 'FAIRLEAD_CLOSING' || (broken && new FairleadError(code, '').blame === 'client');
    expect(answer(code).headers.connection).toBe(closes ? 'close' : 'keep-alive');
  });

  it('says nothing of connections in HTTP/2, which has none of that kind', () => {
    const request = fakeRequest({ httpVersion: '2.0' });
    const { response } = fakeResponse(request);
    respondWithError(new FairleadError('FAIRLEAD_CLOSING', ''), request, response);
    expect(response.hasHeader('connection')).toBe(false);
  });

  it('does nothing once a head is out, or the client is gone', () => {
    const request = fakeRequest();
    const begun = fakeResponse(request);
    begun.response.writeHead(200);
    begun.response.flushHeaders();
    const before = begun.socket.written;
    respondWithError(new FairleadError('FAIRLEAD_CONNECT', ''), request, begun.response);
    expect(begun.socket.written).toBe(before);
    const gone = fakeResponse(request);
    gone.response.destroy();
    respondWithError(new FairleadError('FAIRLEAD_CONNECT', ''), request, gone.response);
    expect(gone.socket.written).toBe('');
  });
});

describe('deliverError', () => {
  const error = new FairleadError('FAIRLEAD_CONNECT', 'refused');

  function deliver(onError: 'respond' | 'next' | ErrorHandler, framework = true) {
    const request = fakeRequest();
    const { response, socket } = fakeResponse(request);
    const next = vi.fn();
    const onThrow = vi.fn();
    deliverError(error, { request, response, next: framework ? next : undefined }, onError, onThrow);
    return { next, onThrow, request, response, written: () => socket.written };
  }

  it('answers for us', () => {
    const { next, written } = deliver('respond');
    expect(written()).toMatch(/^HTTP\/1\.1 502 /);
    expect(next).not.toHaveBeenCalled();
  });

  it('leaves the answer to the app’s error handlers', () => {
    const { next, written } = deliver('next');
    expect(next.mock.calls).toEqual([[error]]);
    expect(written()).toBe('');
  });

  it('answers for us where there is no app', () => {
    expect(deliver('next', false).written()).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('leaves the answer to a function', () => {
    const onError = vi.fn<ErrorHandler>((_error, _request, response) => void response.end('mine'));
    const { next, request, response, written } = deliver(onError);
    expect(onError.mock.calls).toEqual([[error, request, response, next]]);
    expect(written()).toMatch(/\r\nmine/);
  });

  it('gives a function our own answer for a `next` where there is no app', () => {
    expect(deliver((_error, _request, _response, next) => next(), false).written()).toMatch(/^HTTP\/1\.1 502 /);
  });

  const thrown = new Error('mine');
  it.each<[string, ErrorHandler]>([
    [
      'throws',
      () => {
        throw thrown;
      },
    ],
    ['rejects', (async () => Promise.reject(thrown)) as ErrorHandler],
  ])('answers for a function that %s', async (_what, onError) => {
    const { onThrow, written } = deliver(onError);
    await settled();
    expect(onThrow.mock.calls).toEqual([[thrown]]);
    expect(written()).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('does not answer twice for one that throws behind its answer', () => {
    const { onThrow, written } = deliver((_error, _request, response) => {
      response.end('mine');
      throw thrown;
    });
    expect(onThrow).toHaveBeenCalledOnce();
    expect(written().split('HTTP/1.1')).toHaveLength(2);
  });
});
