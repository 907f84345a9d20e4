import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Affinity, AffinityEnvironment, Found } from '../../lib/core/affinity.js';
import type { BackendRecord } from '../../lib/core/backend.js';
import { backendRecord } from '../../lib/core/backend.js';
import { type ErrorCode, FairleadError } from '../../lib/core/errors.js';
import type { Asker, Client, Exchange } from '../../lib/core/exchange.js';
import type { Outcome } from '../../lib/core/outcome.js';
import type { Pool } from '../../lib/core/pool.js';
import type { PickContext } from '../../lib/core/strategy.js';
import { Errand } from '../../lib/forward/errand.js';
import { FakeClock } from '../support/clock.js';

/** Backends a, b, c ... with these weights. */
export function backendsOf(...weights: readonly number[]): BackendRecord[] {
  return weights.map((weight, i) =>
    backendRecord({ url: `http://10.0.0.${i + 1}:3000`, id: String.fromCharCode(97 + i), weight }),
  );
}

export function one(url = 'http://10.0.0.1:3000'): BackendRecord {
  return backendRecord({ url });
}

type Times = Partial<Pick<Outcome, 'status' | 'responseTime' | 'duration' | 'bytesIn' | 'bytesOut'>>;

export function answered(times: Times = {}): Outcome {
  return { kind: 'answered', status: 200, responseTime: 5, duration: 10, bytesIn: 0, bytesOut: 0, ...times };
}

export function aborted(times: Times = {}): Outcome {
  return { kind: 'aborted', status: 0, responseTime: -1, duration: 10, bytesIn: 0, bytesOut: 0, ...times };
}

export function failed(code: ErrorCode, committed = false, times: Times = {}): Outcome {
  const error = new FairleadError(code, `a test's ${code}`);
  const figures = { status: 0, responseTime: -1, duration: 10, bytesIn: 0, bytesOut: 0 };
  return { kind: 'failed', error, committed, ...figures, ...times };
}

/** Two ends of a connection without a socket: what is written is kept, what comes in is `push`ed. */
export class MemorySocket extends Duplex {
  readonly encrypted: boolean;
  readonly remoteAddress: string | undefined;
  #written = '';

  constructor(options: { remoteAddress?: string | undefined; encrypted?: boolean } = {}) {
    super({ allowHalfOpen: true });
    this.remoteAddress = options.remoteAddress;
    this.encrypted = options.encrypted ?? false;
  }

  /** Everything written so far, as latin1 text. */
  get written(): string {
    return this.#written;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#written += chunk.toString('latin1');
    done();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }
}

export interface RequestSpec {
  readonly method?: string;
  readonly url?: string;
  /** Name, value, name, value ... */
  readonly headers?: readonly string[];
  readonly httpVersion?: '1.0' | '1.1' | '2.0';
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean;
  /** What a router or a body parser in front has put on the request: `baseUrl`, `originalUrl`, `app`, `body` ... */
  readonly extra?: object;
}

/** A request as Node's server makes it, headers joined and dropped by Node's own rules. */
export function fakeRequest(spec: RequestSpec = {}): IncomingMessage {
  const { method = 'GET', url = '/', headers = [], httpVersion = '1.1', encrypted = false, extra = {} } = spec;
  const remoteAddress = 'remoteAddress' in spec ? spec.remoteAddress : '203.0.113.7';
  const request = new IncomingMessage(new MemorySocket({ remoteAddress, encrypted }).asSocket());
  const [major = 1, minor = 1] = httpVersion.split('.').map(Number);
  // As Node's parser hands them over: `headers` follows from `rawHeaders` by Node's own rules.
  (request as IncomingMessage & { _addHeaderLines(list: string[], count: number): void })._addHeaderLines(
    [...headers],
    headers.length,
  );
  return Object.assign(request, {
    method,
    url,
    httpVersion,
    httpVersionMajor: major,
    httpVersionMinor: minor,
    complete: true,
    ...extra,
  });
}

/** A request some middleware has read the body of. */
export async function consumedRequest(spec: RequestSpec = {}, body = 'some bytes'): Promise<IncomingMessage> {
  const request = fakeRequest(spec);
  if (body !== '') request.push(body);
  request.push(null);
  const end = once(request, 'end');
  request.resume();
  await end;
  return request;
}

/** The response to a request, and what of it a client would have got. */
export interface FakeResponse {
  readonly response: ServerResponse;
  readonly socket: MemorySocket;
}

/** Node's own response, writing to memory; it closes after its end, as it does when a server has made it. */
export function fakeResponse(request: IncomingMessage): FakeResponse {
  const response = new ServerResponse(request);
  const socket = new MemorySocket();
  response.assignSocket(socket.asSocket());
  response.once('finish', () => {
    response.detachSocket(socket.asSocket());
    process.nextTick(() => {
      response.destroyed = true;
      response.emit('close');
    });
  });
  return { response, socket };
}

export interface ExchangeSpec extends RequestSpec {
  readonly client?: Partial<Client>;
  readonly mount?: string;
  readonly upgrade?: Exchange['upgrade'];
  readonly requestId?: string;
}

export interface FakeExchange extends Exchange {
  readonly wire: MemorySocket;
}

export function fakeExchange(spec: ExchangeSpec = {}, request = fakeRequest(spec)): FakeExchange {
  const { response, socket } = fakeResponse(request);
  const client: Client = {
    address: '203.0.113.7',
    peer: '203.0.113.7',
    peerTrusted: false,
    scheme: 'http',
    ...spec.client,
  };
  const { upgrade, mount = '', requestId } = spec;
  return { request, response, upgrade, since: 0, client, mount, requestId, wire: socket };
}

/** The errand of an exchange, whose body is kept like any. */
export function fakeErrand(exchange: Exchange, deadline = Number.POSITIVE_INFINITY): Errand {
  return new Errand(exchange, deadline, () => 65_536);
}

/** What a strategy is told of a request; `key` as a client address. */
export function contextOf(key = '203.0.113.7'): PickContext {
  return { key, attempt: 0, request: fakeRequest() };
}

/** Turns the event loop until everything that is due without waiting has run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** What `run` throws, as a FairleadError. */
export function thrownBy(run: () => unknown): FairleadError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

export interface FakeEnvironment extends AffinityEnvironment {
  readonly clock: FakeClock;
  /** What was told of, in order. */
  readonly warnings: readonly string[];
  readonly failures: readonly [what: string, cause: unknown][];
}

/** What an affinity is made with. */
export function affinityEnvironment(balancer = 'default', backends = ['a', 'b', 'c']): FakeEnvironment {
  const warnings: string[] = [];
  const failures: [string, unknown][] = [];
  return {
    balancer,
    backends: () => backends,
    clock: new FakeClock(),
    warn: (code, message) => warnings.push(`${code}: ${message}`),
    threw: (what, cause) => failures.push([what, cause]),
    warnings,
    failures,
  };
}

/** What an affinity finds, where it does so at once. */
export function foundBy(affinity: Affinity, asker: Asker, pool: Pool): Found {
  const found = affinity.find(asker, pool);
  if (found instanceof Promise) throw new Error('it takes its time');
  return found;
}

/** The id of the backend that is found. */
export function homeBy(affinity: Affinity, asker: Asker, pool: Pool): string | undefined {
  const found = foundBy(affinity, asker, pool);
  return typeof found === 'object' ? found.id : found;
}

/** The lines that pin a client without a pin. */
export function pinnedBy(affinity: Affinity, exchange: Exchange, backend: BackendRecord): readonly string[] {
  return affinity.pin?.(exchange, { backend, found: undefined, status: 200, headers: [] }) ?? [];
}
