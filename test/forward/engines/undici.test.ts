import { Agent } from 'node:http';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TlsOptions, UpstreamRequest } from '../../../lib/core/engine.js';
import { undici } from '../../../lib/forward/engines/undici.js';
import { ReplayableBody } from '../../../lib/forward/request/replayable-body.js';
import { fakeRequest, MemorySocket, one, settled } from '../../core/fakes.js';
import { notingSink } from './fakes.js';

const library = createRequire(import.meta.url)('undici');

afterEach(() => {
  vi.restoreAllMocks();
});

/** As much of undici's old handlers as the engine has. */
interface Handler {
  onConnect(abort: (reason?: Error) => void): void;
  onResponseStarted(): void;
  onHeaders(status: number, headers: Buffer[], resume: () => void, reason: string): boolean;
  onData(chunk: Buffer): boolean;
  onComplete(trailers: Buffer[]): void;
  onError(error: Error): void;
}

interface Dispatched {
  readonly origin: string;
  readonly settings: Record<string, unknown>;
  readonly options: Record<string, unknown>;
  readonly handler: Handler;
}

interface Settings extends Record<string, unknown> {
  connect(options: object, callback: () => void): void;
}

/** The engine, with undici's clients replaced by a note of what they were asked; they connect to the void. */
function house(tls: TlsOptions = {}) {
  const dispatched: Dispatched[] = [];
  const made: string[] = [];
  const ended: string[] = [];
  vi.spyOn(library, 'Client').mockImplementation(function fake(...args: unknown[]) {
    const [origin, settings] = args as [string, Settings];
    const name = `${origin} ${made.length}`;
    made.push(name);
    settings.connect({}, () => {});
    return {
      dispatch: (options: Record<string, unknown>, handler: Handler) => {
        dispatched.push({ origin, settings, options, handler });
        return true;
      },
      destroy: async () => void ended.push(`${name} destroyed`),
    };
  });
  const connectors: object[] = [];
  vi.spyOn(library, 'buildConnector').mockImplementation((options) => {
    connectors.push(options as object);
    return (_target: object, callback: (error: null, socket: MemorySocket) => void) =>
      callback(null, new MemorySocket());
  });
  const engine = undici.create(tls);
  const backend = one();
  const send = (request: Partial<UpstreamRequest> = {}, accepts = true) => {
    const { sink, told } = notingSink(accepts);
    const flight = engine.send({ ...plain(backend), ...request }, sink);
    const last = dispatched.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return { flight, told, ...last };
  };
  /** The same, whatever carries it. */
  const sendAnywhere = (request: Partial<UpstreamRequest>): void => {
    engine.send({ ...plain(backend), ...request }, notingSink().sink);
  };
  return { engine, send, sendAnywhere, made, ended, connectors };
}

function plain(backend: UpstreamRequest['backend']): UpstreamRequest {
  return { backend, method: 'GET', path: '/', headers: ['Host', 'a'], fresh: false, body: undefined };
}

const raw = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'latin1'));

describe('what undici is asked', () => {
  it('is the request as it is, but for the framing of chunks, which is undici’s own', () => {
    const headers = ['Host', 'a', 'x-B', '1', 'X-b', '2', 'Transfer-Encoding', 'chunked'];
    const { options, origin } = house().send({ method: 'DELETE', path: '/a//b?c', headers });
    expect(origin).toBe('http://10.0.0.1:3000');
    expect(options).toMatchObject({
      method: 'DELETE',
      path: '/a//b?c',
      headers: ['Host', 'a', 'x-B', '1', 'X-b', '2'],
      body: null,
    });
  });

  it('has no timeouts of its own', () => {
    const { send, connectors } = house();
    expect(send().settings).toMatchObject({ headersTimeout: 0, bodyTimeout: 0 });
    expect(connectors).toMatchObject([{ timeout: 0 }]);
  });

  it.each([
    ['our TLS settings', undefined, { servername: 'x' }],
    ['a Unix socket', 'unix:/run/app.sock', { servername: 'x', socketPath: '/run/app.sock' }],
  ])('goes over connections made with %s', (_what, url, expected) => {
    const { connectors, send } = house({ servername: 'x' });
    const { origin } = send({ backend: one(url) });
    expect(origin).toBe(url === undefined ? 'http://10.0.0.1:3000' : 'http://localhost');
    expect(connectors).toEqual([expect.objectContaining(expected)]);
  });

  it('goes over a connection that is free, or a new one', () => {
    const { made, send } = house();
    const backend = one();
    const { handler } = send({ backend });
    send({ backend });
    send({ backend: one('http://10.0.0.2') });
    handler.onConnect(() => {});
    handler.onComplete([]);
    send({ backend });
    expect(made).toEqual(['http://10.0.0.1:3000 0', 'http://10.0.0.1:3000 1', 'http://10.0.0.2 2']);
  });

  it('goes over a new one where that is asked for', () => {
    const { made, send } = house();
    const backend = one();
    const { handler } = send({ backend });
    handler.onConnect(() => {});
    handler.onComplete([]);
    send({ backend, fresh: true });
    expect(made).toHaveLength(2);
  });

  it('has a body that is all there', () => {
    const body = Buffer.from('hello');
    expect(house().send({ body }).options.body).toBe(body);
  });

  it('has a stand-in for a body that streams, read only when undici asks', async () => {
    const source = fakeRequest({ method: 'POST' });
    source.push('hello');
    source.push(null);
    const { options, told } = house().send({ method: 'POST', body: new ReplayableBody(source, 0) });
    const body = options.body as Readable;
    await settled();
    expect(source.readableDidRead).toBe(false);
    expect((await body.toArray()).join('')).toBe('hello');
    expect(told).toEqual([['sent', 5]]);
  });

  it('destroys the stand-in and not the client’s request', async () => {
    const source = fakeRequest({ method: 'POST' });
    source.push('hello');
    const { flight, options } = house().send({ method: 'POST', body: new ReplayableBody(source, 0) });
    const body = options.body as Readable;
    body.on('error', () => {});
    body.read();
    await settled();
    flight.abort();
    await settled();
    expect(body.destroyed).toBe(true);
    expect(source.destroyed).toBe(false);
    expect(source.isPaused()).toBe(true);
  });
});

describe('what undici tells', () => {
  it('is told on, in order', () => {
    const { handler, told } = house().send();
    handler.onConnect(() => {});
    handler.onHeaders(103, raw('Link', '</a>'), () => {}, 'Early Hints');
    handler.onHeaders(201, raw('x-A', '\xe9', 'Set-Cookie', 'a', 'Set-Cookie', 'b'), () => {}, 'Made');
    handler.onData(Buffer.from('hello'));
    handler.onComplete(raw('Checksum', 'abc'));
    expect(told).toEqual([
      ['connected'],
      ['informational', 103, ['Link', '</a>']],
      ['head', 201, 'Made', ['x-A', '\xe9', 'Set-Cookie', 'a', 'Set-Cookie', 'b']],
      ['data', 'hello'],
      ['end', ['Checksum', 'abc']],
    ]);
  });

  it('goes at the client’s pace', () => {
    const { flight, handler } = house().send({}, false);
    const resume = vi.fn();
    handler.onConnect(() => {});
    handler.onHeaders(200, [], resume, 'OK');
    expect(handler.onData(Buffer.from('x'))).toBe(false);
    flight.resume();
    expect(resume).toHaveBeenCalledOnce();
  });

  const closed = (code = 'UND_ERR_SOCKET'): Error => Object.assign(new Error('other side closed'), { code });

  it.each(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])('%s before the answer may be a stale connection', (code) => {
    const { send } = house();
    const backend = one();
    const first = send({ backend });
    first.handler.onConnect(() => {});
    first.handler.onComplete([]);
    const { handler, told } = send({ backend });
    handler.onConnect(() => {});
    handler.onError(closed(code));
    expect(told.at(-1)).toMatchObject(['fail', { code }, true]);
  });

  it.each<[string, (handler: Handler) => void, Partial<UpstreamRequest>, Error]>([
    ['before a connection', () => {}, {}, closed()],
    ['of a connection that had carried nothing before', (handler) => handler.onConnect(() => {}), {}, closed()],
    [
      'after the first byte of the answer',
      (handler) => {
        handler.onConnect(() => {});
        handler.onComplete([]);
        handler.onConnect(() => {});
        handler.onResponseStarted();
      },
      {},
      closed(),
    ],
    ['of another kind', (handler) => handler.onConnect(() => {}), {}, new Error('odd')],
  ])('a failure %s is none', (_when, before, request, error) => {
    const { handler, told } = house().send(request);
    before(handler);
    handler.onError(error);
    expect(told.at(-1)).toEqual(['fail', error, false]);
  });

  it('is nothing more once it was aborted', () => {
    const { flight, handler, told } = house().send();
    const abort = vi.fn();
    handler.onConnect(abort);
    flight.abort();
    flight.abort();
    expect(abort).toHaveBeenCalledOnce();
    handler.onError(new Error('aborted'));
    expect(told).toEqual([['connected']]);
  });

  it('is nothing at all when it was aborted before there was a connection', () => {
    const { send, ended } = house();
    const { flight, handler, told } = send();
    flight.abort();
    // As undici says of a client that is destroyed.
    handler.onError(new Error('destroyed'));
    expect(ended).toEqual(['http://10.0.0.1:3000 0 destroyed']);
    expect(told).toEqual([]);
  });
});

describe('what undici does otherwise than HTTP has it', () => {
  it.each([204, 304])('a %i ends with its head, whatever length it names', (status) => {
    const { handler, told } = house().send();
    handler.onConnect(() => {});
    handler.onHeaders(status, raw('Content-Length', '5'), () => {}, '');
    handler.onError(new Error('body expected'));
    handler.onComplete([]);
    expect(told.map(([name]) => name)).toEqual(['connected', 'head', 'end']);
  });

  it.each([
    ['OPTIONS *', { method: 'OPTIONS', path: '*' }],
    ['trailers', { headers: ['Host', 'a', 'Transfer-Encoding', 'chunked', 'Trailer', 'Checksum'] }],
  ])('%s go through node:http', async (_what, request) => {
    const connection = new MemorySocket();
    vi.spyOn(Agent.prototype as unknown as { createConnection(): MemorySocket }, 'createConnection').mockReturnValue(
      connection,
    );
    const { made, sendAnywhere } = house();
    sendAnywhere(request);
    await settled();
    expect(made).toEqual([]);
    expect(connection.written).not.toBe('');
  });
});

it('close ends every connection', async () => {
  const { ended, engine, send } = house();
  send();
  await engine.close();
  expect(ended).toEqual(['http://10.0.0.1:3000 0 destroyed']);
});
