import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { BackendInput } from './core/backend.js';
import { backendsSchema, zoneSchema } from './core/backend-schema.js';
import { type Duration, durationSchema, milliseconds } from './core/duration.js';
import type { TlsOptions } from './core/engine.js';
import { FairleadError } from './core/errors.js';
import type { Logger } from './core/logger.js';
import { falseOr, problemsOf, problemsText, strictObject } from './core/problems.js';
import { type EngineSpec, engineSchema } from './forward/engines/spec.js';
import type { ForwardedOptions } from './forward/request/forwarded.js';
import type { HostOption } from './forward/request/head.js';
import type { PathOption } from './forward/request/target.js';
import type { ErrorHandler } from './forward/response/error-response.js';
import { headersSchema, requestIdSchema, tlsSchema } from './forward/schemas.js';
import { type HealthSpec, healthSchema } from './health/spec.js';
import { type TrustProxy, trustSchema } from './identity/trust.js';
import { type TracingSpec, tracingSchema } from './observe/tracing/options.js';
import { contradictions } from './resilience/contradictions.js';
import { type HedgeOptions, hedgeSchema } from './resilience/hedge.js';
import { type LimitsOptions, limitsSchema } from './resilience/limits/options.js';
import { type RetryOptions, retryPolicy, retrySchema } from './resilience/retry.js';
import { type BreakerOptions, breakerSchema } from './resilience/trip-rules/spec.js';
import { type CoalesceOptions, coalesceSchema, coalescingContradictions } from './shaping/coalescing/options.js';
import { type MirrorOptions, mirrorSchema } from './shaping/mirroring/options.js';
import { type StickySpec, stickySchema } from './sticky/spec.js';
import { type StrategySpec, strategySchema } from './strategies/spec.js';

/** Options of `loadBalancer()`. `undefined` means absent. */
export interface LoadBalancerOptions {
  /** Names this balancer in statistics, events and the sticky cookie. Default `'default'`. */
  readonly name?: string | undefined;
  /** Where requests go. May be empty: everyone then gets 503. */
  readonly backends: readonly (string | URL | BackendInput)[];
  /** Who gets a request. Default `'p2c'`. */
  readonly strategy?: StrategySpec | undefined;
  /** Keeps a client on one backend. Default `false`; `true` is a cookie. */
  readonly sticky?: StickySpec | undefined;
  /**
   * How long a backend that comes back takes to grow to its full weight: milliseconds or `'30s'`. Default 0: it has it at
   * once. Never when the process starts.
   */
  readonly slowStart?: Duration | undefined;
  /** Where this balancer stands, as in `'eu-1'`: backends of this zone are preferred. Default: no zone is. */
  readonly zone?: string | undefined;
  /**
   * Active checks: `true` (GET /health), a path, a function, or `{ type, ... }`. Default `false`: what backends are like,
   * only the requests to them tell (see `breaker`).
   */
  readonly health?: HealthSpec | undefined;
  /**
   * Leaves a backend out for a while whose requests fail. `false` for never. Default `{ trip: 'consecutive' }`: after five
   * failures in a row, for 10 s and up to 5 min.
   */
  readonly breaker?: false | BreakerOptions | undefined;
  /**
   * Share of available backends, 0 to 1, below which health and breakers are ignored. Default 0: never, and with nobody
   * up everyone gets 503.
   */
  readonly panicThreshold?: number | undefined;
  /** When a request is sent again, and how often. `false` for never. Default: twice, where that is safe. */
  readonly retry?: false | RetryOptions | undefined;
  /** How much of a request body is kept while it streams, so that another attempt can send it again. */
  readonly replay?:
    | {
        /** Bytes; a longer body is sent once. Default 65,536. */
        readonly maxBytes?: number | undefined;
      }
    | undefined;
  /** A second attempt elsewhere for a request that takes long; the first answer wins. Default none. */
  readonly hedge?: HedgeOptions | undefined;
  /** Identical requests that are under way at once share one exchange with a backend. Default `false`. */
  readonly coalesce?: boolean | CoalesceOptions | undefined;
  /** Copies of requests to shadow backends, whose answers nobody sees. Default none. */
  readonly mirror?: MirrorOptions | undefined;
  /** How much backends are given at once. Default: no limits. */
  readonly limits?: LimitsOptions | undefined;
  /** Default `{ connect: 5_000, headers: 60_000, idle: 100_000, total: 0, tunnel: 3_600_000 }`; 0 for no limit. */
  readonly timeouts?:
    | Partial<Record<'connect' | 'headers' | 'idle' | 'total' | 'tunnel', Duration | undefined>>
    | undefined;
  /** What carries the requests. Default `'http-proxy'`. */
  readonly engine?: EngineSpec | undefined;
  /** Which proxies in front are believed. Default: the Express app's `trust proxy`; without Express, none. */
  readonly trustProxy?: TrustProxy | undefined;
  /** For https backends: Node's `ca`, `cert`, `key`, `servername`, `rejectUnauthorized`. */
  readonly tls?: TlsOptions | undefined;
  /** What goes to the backend under a mount: `'stripped'` (default), `'original'`, or what a function says. */
  readonly path?: PathOption | undefined;
  /** Host sent to the backend: `'preserve'` (default), `'backend'`, or a host. */
  readonly host?: HostOption | undefined;
  /** Header lines set or removed on the way to the backend and back. Default none. */
  readonly headers?:
    | { readonly request?: HeaderEditOptions | undefined; readonly response?: HeaderEditOptions | undefined }
    | undefined;
  /** Gives each request an id, its own or a new one, to backend and client. `true` is `'X-Request-Id'`. Default false. */
  readonly requestId?: boolean | string | undefined;
  /** What backends are told. Default `{ xForwarded: true, standard: false, realIp: false, via: true }`. */
  readonly forwarded?: { readonly [Key in keyof ForwardedOptions]?: boolean | undefined } | undefined;
  /** Who answers where no backend does: fairlead, the app's error handlers (`next(err)`), or a function. */
  readonly onError?: 'respond' | 'next' | ErrorHandler | undefined;
  /**
   * A client span for each attempt, by `@opentelemetry/api`, which has to be installed. Default `false`; `true` is the
   * global tracer.
   */
  readonly tracing?: TracingSpec | undefined;
  /** Where failures are logged: anything with pino's `debug`, `info`, `warn` and `error`. Default none. */
  readonly logger?: Logger | undefined;
}

export interface HeaderEditOptions {
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

function isLogger(value: unknown): value is Logger {
  const methods = ['debug', 'info', 'warn', 'error'];
  return typeof value === 'object' && value !== null && methods.every((name) => isFunction(Reflect.get(value, name)));
}

const timeout = (ms: number) => durationSchema(0).default(ms);
const flag = (value: boolean) => z.boolean('true or false').default(value);

const timeoutsSchema = strictObject({
  connect: timeout(5_000),
  headers: timeout(60_000),
  idle: timeout(100_000),
  total: timeout(0),
  tunnel: timeout(3_600_000),
});

const schema = strictObject({
  // It becomes part of a cookie's name.
  name: z
    .string('a string')
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "1 to 64 letters, digits, '_', '.' or '-'")
    .default('default'),
  backends: backendsSchema,
  strategy: z.unknown().default('p2c').pipe(strategySchema),
  sticky: stickySchema.optional(),
  slowStart: durationSchema(0).default(0),
  zone: zoneSchema.optional(),
  health: healthSchema.prefault(false),
  breaker: breakerSchema.prefault({}),
  panicThreshold: z.number('a number').min(0, 'at least 0').max(1, 'at most 1').default(0),
  retry: falseOr(retrySchema).prefault({}),
  replay: strictObject({
    maxBytes: z.int('a whole number of bytes').min(0, 'at least 0').max(1_073_741_824, 'at most 1 GiB').default(65_536),
  }).prefault({}),
  hedge: hedgeSchema.optional(),
  coalesce: coalesceSchema.optional(),
  mirror: mirrorSchema.optional(),
  limits: limitsSchema.prefault({}),
  timeouts: timeoutsSchema.prefault({}),
  engine: z.unknown().default('http-proxy').pipe(engineSchema),
  trustProxy: trustSchema.optional(),
  tls: tlsSchema.default({}),
  path: z
    .union(
      [z.enum(['stripped', 'original']), z.custom<(request: IncomingMessage) => string>(isFunction)],
      "'stripped', 'original' or a function",
    )
    .default('stripped'),
  host: z
    .string('a string')
    .regex(/^[A-Za-z0-9.:_[\]-]+$/, "'preserve', 'backend' or a host")
    .default('preserve'),
  headers: headersSchema,
  requestId: requestIdSchema,
  forwarded: strictObject({
    xForwarded: flag(true),
    standard: flag(false),
    realIp: flag(false),
    via: flag(true),
  }).prefault({}),
  onError: z
    .union([z.enum(['respond', 'next']), z.custom<ErrorHandler>(isFunction)], "'respond', 'next' or a function")
    .default('respond'),
  tracing: tracingSchema.default(false),
  logger: z.custom<Logger>(isLogger, 'an object with debug(), info(), warn() and error()').optional(),
});

/** What the options come to. */
export type Config = ReturnType<typeof parseOptions>;

const NOT_CALLED = 'loadBalancer() makes a middleware, and is none: app.use(loadBalancer({ backends }))';

/** `app.use(loadBalancer)` comes to mind. Everything a request has would be an option that there is not. */
const isRequest = (options: unknown): boolean =>
  typeof options === 'object' && options !== null && 'method' in options && 'socket' in options;

/**
 * Checks the options once and for all.
 *
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem, each with path, value and rule
 */
export function parseOptions(options: LoadBalancerOptions) {
  if (isRequest(options)) throw new FairleadError('FAIRLEAD_OPTIONS', NOT_CALLED);
  const parsed = schema.safeParse(options);
  const issues = [
    ...(parsed.error?.issues ?? []),
    ...contradictions(options, timeoutsSchema),
    ...coalescingContradictions(options),
  ];
  if (!parsed.success || issues.length > 0) {
    const problems = problemsOf(issues, options);
    throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems), { problems });
  }
  const { timeouts, retry, forwarded, slowStart, ...config } = parsed.data;
  return Object.freeze({
    ...config,
    forwarded: Object.freeze(forwarded),
    slowStart: milliseconds(slowStart),
    retry: retryPolicy(retry),
    timeouts: Object.freeze({
      connect: milliseconds(timeouts.connect),
      headers: milliseconds(timeouts.headers),
      idle: milliseconds(timeouts.idle),
      total: milliseconds(timeouts.total),
      tunnel: milliseconds(timeouts.tunnel),
    }),
  });
}
