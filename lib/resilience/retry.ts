import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { Outcome } from '../core/outcome.js';
import { strictObject } from '../core/problems.js';
import { isIdempotent } from '../util/methods.js';
import type { BackoffOptions } from './backoff.js';
import type { BudgetOptions } from './budget.js';
import { FAILURE_CLASSES, type FailureClass, failureClass } from './failure-class.js';
import { type Methods, methodsSchema } from './methods.js';

/** What another attempt may follow on: a class of failure, or a status of the backend's answer. */
export type RetryOn = FailureClass | number;

/** When a request is sent again, and how often. */
export interface RetryOptions {
  /** Attempts beyond the first. Default 2. */
  readonly attempts?: number | undefined;
  /**
   * What is tried again. Default `['connect', 'reset']`, and with `perTry` `'timeout'` too. `connect`: no connection was
   * made and nothing sent, so any method is. `reset`, `timeout` and statuses: only what `methods` says.
   */
  readonly on?: readonly RetryOn[] | undefined;
  /**
   * Which requests may be carried out twice. Default: the idempotent methods (GET, HEAD, OPTIONS, TRACE, PUT, DELETE).
   */
  readonly methods?: Methods | undefined;
  /** How long one attempt may take until its response head. Default 0: only `timeouts` count. */
  readonly perTry?: Duration | undefined;
  /** How many retries the balancer makes in all. Default `{ ratio: 0.2, minPerSecond: 10, window: '10s' }`. */
  readonly budget?:
    | {
        /** Retries that each request earns. */
        readonly ratio?: number | undefined;
        /** Retries a second there are in any case. */
        readonly minPerSecond?: number | undefined;
        /** For how long what was earned can be spent. */
        readonly window?: Duration | undefined;
      }
    | undefined;
  /** How long to wait before the same backends are asked again: 0 to `base`, doubled each time, at most `cap`. */
  readonly backoff?: { readonly base?: Duration | undefined; readonly cap?: Duration | undefined } | undefined;
}

const STATUS = "'connect', 'reset', 'timeout' or a status from 400 to 599";

const on = z
  .array(
    z.union([z.enum(FAILURE_CLASSES), z.int().min(400, STATUS).max(599, STATUS)], STATUS),
    "an array of 'connect', 'reset', 'timeout' and statuses",
  )
  .optional();

const atLeast0 = z.number('a number').min(0, 'at least 0');

export const retrySchema = strictObject({
  attempts: z.int('a whole number').min(0, 'at least 0').max(100, 'at most 100').default(2),
  on,
  methods: methodsSchema.optional(),
  perTry: durationSchema(0).default(0),
  budget: strictObject({
    ratio: atLeast0.max(10, 'at most 10').default(0.2),
    minPerSecond: atLeast0.max(1_000_000, 'at most 1,000,000').default(10),
    window: durationSchema(1).default(10_000),
  }).prefault({}),
  backoff: strictObject({ base: durationSchema(0).default(25), cap: durationSchema(0).default(250) }).prefault({}),
});

export type ParsedRetry = z.output<typeof retrySchema>;

/** What the options come to. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  readonly on: ReadonlySet<RetryOn>;
  /** Whether there are statuses among them, so that each answer's head is looked at. */
  readonly looksAtAnswers: boolean;
  /** Whether this request may be carried out twice. A function of the user's own may throw. */
  readonly repeats: (request: IncomingMessage) => boolean;
  readonly perTry: number;
  readonly budget: BudgetOptions;
  readonly backoff: BackoffOptions;
}

const IDEMPOTENT = (request: IncomingMessage): boolean => isIdempotent(request.method);

function repeatsOf(methods: Methods | undefined): (request: IncomingMessage) => boolean {
  if (methods === undefined) return IDEMPOTENT;
  if (typeof methods === 'function') return methods;
  const names = new Set(methods);
  return ({ method }) => method !== undefined && names.has(method);
}

/** @param retry false for one attempt only; the budget is there all the same, for what else asks backends twice */
export function retryPolicy(retry: ParsedRetry | false): RetryPolicy {
  const { attempts, on, methods, perTry, budget, backoff } =
    retry === false ? retrySchema.parse({ attempts: 0 }) : retry;
  const limit = milliseconds(perTry);
  const triedAgain = on ?? (limit > 0 ? ['connect', 'reset', 'timeout'] : ['connect', 'reset']);
  return Object.freeze({
    attempts: 1 + attempts,
    on: new Set<RetryOn>(triedAgain as readonly RetryOn[]),
    looksAtAnswers: triedAgain.some((what) => typeof what === 'number'),
    repeats: repeatsOf(methods),
    perTry: limit,
    budget: { ...budget, window: milliseconds(budget.window) },
    backoff: { base: milliseconds(backoff.base), cap: milliseconds(backoff.cap) },
  });
}

/** Whether an attempt failed before anything of the request was sent: its backend is as good as gone. */
export function neverArrived(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && !outcome.committed && failureClass(outcome.error.code) === 'connect';
}
