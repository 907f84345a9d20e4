import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import type { Backend, BackendRecord } from '../core/backend.js';
import type { LeftOut } from '../core/eligibility.js';
import { type ErrorCode, FairleadError } from '../core/errors.js';
import type { Asker } from '../core/exchange.js';
import { identify } from '../identity/client.js';
import type { Trust } from '../identity/trust.js';
import { type Ask, type Choosers, choose, contextOf } from './choose.js';

/** What {@link LoadBalancer.explain} needs of a request: any `IncomingMessage` has it; whatever is missing is empty. */
export interface RequestLike {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Names in lower case, as Node.js has them. */
  readonly headers?: IncomingHttpHeaders | undefined;
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/** How one backend stands to a request. */
export interface ExplainedBackend {
  readonly id: string;
  /** Whether it can take a client without a pin, as in `stats()`. */
  readonly available: boolean;
  /**
   * Why the strategy is not asked about it; absent for candidates. `drain`: it takes no new clients. `tier`: a backend of
   * a lower priority is available. `zone`: one in the balancer's own zone is.
   */
  readonly reason?: LeftOut;
  /** What the strategy compares candidates by, the lower the better, if it compares them by a number. */
  readonly score?: number;
}

/** Who would get a request, and why. */
export interface Explanation {
  /** The client's address, through the proxies that are trusted. */
  readonly client: string;
  /** The backend the client is pinned to, whether or not that takes it. */
  readonly pinned?: string;
  /** Who would get it. Absent with an `error`, or when only a `pick` could tell. */
  readonly chosen?: string;
  /** Why nobody would. */
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** What could not be told. */
  readonly note?: string;
  /** Every backend, in order of declaration. */
  readonly backends: readonly ExplainedBackend[];
}

const NOT_TRIED: readonly Backend[] = [];
const NO_PEEK =
  'the strategy has no peek(): whom it would choose only pick() can tell, and that would count as a choice';

const WAITS = 'nobody who could take it has room: it would wait in the queue';

const NOT_ASKED = 'the sticky store has no peek(): it was not asked where the client is pinned';

const toPeek: Ask = (strategy, candidates, context) => strategy.peek?.(candidates, context);

/**
 * Asks the stages of the request path what they would do with this request. Nothing is changed, and nothing thrown: what
 * a user's own code throws is the explanation's `error` or `note`.
 *
 * @param refusal why the balancer takes no requests at all, if it does not
 */
export function explain(
  stages: Choosers,
  request: RequestLike,
  trustProxy: Trust | undefined,
  refusal: FairleadError | undefined,
): Explanation {
  const message = isWhole(request) ? request : standIn(request);
  try {
    const asker = { request: message, client: identify(message, trustProxy) };
    const { affinity, pool } = stages;
    const found = affinity?.peek === undefined ? affinity?.find(asker, pool) : affinity.peek(asker, pool);
    const pinned = typeof found === 'object' && 'id' in found ? found : undefined;
    return {
      client: asker.client.address,
      ...(pinned !== undefined && { pinned: pinned.id }),
      ...(found === 'unasked' && { note: NOT_ASKED }),
      ...verdict(stages, asker, pinned, refusal),
      ...standings(stages, asker),
    };
  } catch (cause) {
    const error = told(new FairleadError('FAIRLEAD_ENGINE', 'the load balancer threw', { cause }));
    return { client: '', error, ...standings(stages, undefined) };
  }
}

function verdict(
  stages: Choosers,
  asker: Asker,
  pinned: BackendRecord | undefined,
  refusal: FairleadError | undefined,
): Pick<Explanation, 'chosen' | 'error' | 'note'> {
  const choice = refusal ?? choose(stages, asker, pinned, NOT_TRIED, toPeek);
  if (choice === 'full') return { note: WAITS };
  if (!(choice instanceof FairleadError)) return { chosen: choice.id };
  const cannotTell = stages.strategy.peek === undefined && stages.pool.available().length > 0;
  return refusal === undefined && cannotTell ? { note: NO_PEEK } : { error: told(choice) };
}

/** @param asker undefined where nothing is known of the request, so that no score is */
function standings(stages: Choosers, asker: Asker | undefined): Pick<Explanation, 'backends' | 'note'> {
  const { pool, strategy } = stages;
  let note: string | undefined;
  const scoreOf = (backend: Backend): number | undefined => {
    try {
      return asker && strategy.score?.(backend, contextOf(asker, 0));
    } catch (cause) {
      note = `the strategy's score() threw${because(cause)}`;
      return undefined;
    }
  };
  const backends = pool.members.map((backend): ExplainedBackend => {
    const reason = pool.leftOut(backend);
    const score = reason === undefined ? scoreOf(backend) : undefined;
    return {
      id: backend.id,
      available: pool.isAvailable(backend),
      ...(reason !== undefined && { reason }),
      ...(score !== undefined && { score }),
    };
  });
  return note === undefined ? { backends } : { backends, note };
}

function told({ code, message, cause }: FairleadError): { code: ErrorCode; message: string } {
  return { code, message: `${message}${because(cause)}` };
}

function because(cause: unknown): string {
  if (cause === undefined) return '';
  return `: ${cause instanceof Error ? cause.message : inspect(cause)}`;
}

function isWhole(request: RequestLike): request is IncomingMessage {
  return request.headers !== undefined && request.socket !== undefined;
}

/** A request of which only a part is known. The rest is empty and there, so that whoever reads it finds what it expects. */
function standIn(request: RequestLike): IncomingMessage {
  const { method = 'GET', url = '/', headers = {} } = request;
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: request.socket?.remoteAddress });
  return Object.assign(new IncomingMessage(socket), request, { method, url, headers, socket });
}
