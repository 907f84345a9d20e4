import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Clock, systemClock } from '../core/clock.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import { FairleadError } from '../core/errors.js';
import { problemsOf, problemsText, strictObject } from '../core/problems.js';
import { type CheckReport, runChecks, type SelfCheck } from './self-checks.js';

/** How far a process is: only a `ready` one takes traffic. */
export type Phase = 'starting' | 'ready' | 'stopping';

/** What a backend asks of the balancers that read its report (`health: { type: 'deep', steer: true }`). */
export interface Wish {
  /** Default: `'drain'` while stopping, else `'ready'`. */
  readonly state?: 'ready' | 'drain' | 'maintenance' | undefined;
  /** Share of its weight, as in `'50%'`. */
  readonly weight?: string | undefined;
}

export interface HealthEndpointOptions {
  /** What this process depends on, by name: each passes by resolving, and fails by throwing or returning `false`. */
  readonly checks?: Readonly<Record<string, SelfCheck>> | undefined;
  /** For each check; they run side by side. Default 3 s. */
  readonly timeout?: Duration | undefined;
  /** Told in the report. Default: the environment's `npm_package_version`. */
  readonly version?: string | undefined;
  /** Where the process begins: `'starting'` until `set('ready')` is called. Default `'ready'`. */
  readonly phase?: Phase | undefined;
}

/** The body of `/deep`, and of the path itself. */
export interface HealthReport {
  readonly status: 'ok' | 'failing' | 'starting' | 'stopping';
  readonly state: 'ready' | 'drain' | 'maintenance';
  readonly weight?: string;
  /** Milliseconds since the endpoint was made. */
  readonly uptime: number;
  /** Bytes, as `process.memoryUsage()` has them. */
  readonly memory: { readonly rss: number; readonly heapUsed: number; readonly heapTotal: number };
  readonly version?: string;
  readonly checks: Readonly<Record<string, CheckReport>>;
}

type Next = (error?: unknown) => void;

/** A handler for any mount path, under Express, Connect or `node:http`. */
export interface HealthEndpoint {
  (request: IncomingMessage, response: ServerResponse, next?: Next): void;
  /** `/ready` answers 200 when `ready`, and 503 when not. */
  set(phase: Phase): void;
  /** What the report asks of balancers; what is left out is as it was by default. */
  ask(wish: Wish): void;
  /** What `/deep` would answer now. */
  report(): Promise<HealthReport>;
}

const isCheck = (value: unknown): value is SelfCheck => typeof value === 'function';

const schema = strictObject({
  checks: z
    .record(z.string(), z.custom<SelfCheck>(isCheck, { message: 'a function' }), 'an object of names and functions')
    .default({}),
  timeout: durationSchema(1).default(3_000),
  version: z.string('a string').optional(),
  phase: z.enum(['starting', 'ready', 'stopping'], "'starting', 'ready' or 'stopping'").default('ready'),
});

/**
 * For backends: tells balancers, orchestrators and people how this process is. `/live` says that it runs, `/ready` whether
 * it takes traffic, `/deep` and the mount path itself how everything is that it depends on.
 *
 * @example app.use('/health', healthEndpoint({ checks: { db: () => pool.query('select 1') } }))
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem with the options
 */
export function healthEndpoint(options: HealthEndpointOptions = {}, clock: Clock = systemClock): HealthEndpoint {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, options);
    throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'healthEndpoint()'), { problems });
  }
  const { checks, timeout, version = process.env.npm_package_version } = parsed.data;
  let { phase } = parsed.data;
  let wish: Wish = {};
  const began = clock.now();
  const run = runChecks(checks, milliseconds(timeout), clock);

  const report = async (): Promise<HealthReport> => {
    const results = await run();
    const failing = Object.values(results).some(({ ok }) => !ok);
    const { rss, heapUsed, heapTotal } = process.memoryUsage();
    return {
      status: phase === 'ready' ? (failing ? 'failing' : 'ok') : phase,
      state: wish.state ?? (phase === 'stopping' ? 'drain' : 'ready'),
      ...(wish.weight !== undefined && { weight: wish.weight }),
      uptime: clock.now() - began,
      memory: { rss, heapUsed, heapTotal },
      ...(version !== undefined && { version }),
      checks: results,
    };
  };
  const answers: Readonly<Record<string, () => Promise<object & { readonly status: string }>>> = {
    live: async () => ({ status: 'ok' }),
    ready: async () => ({ status: phase === 'ready' ? 'ok' : phase }),
    deep: report,
    '': report,
  };
  const handle = (request: IncomingMessage, response: ServerResponse, next?: Next): void => {
    const [path = ''] = (request.url ?? '').split('?');
    const name = path.replace(/\/+$/, '').replace(/^.*\//, '');
    const known = Object.hasOwn(answers, name);
    if (!known && next !== undefined) next();
    // Without a router the path is whatever the app has this handler called for.
    else void answer(request, response, answers[known ? name : ''] ?? report);
  };
  return Object.assign(handle, {
    set: (to: Phase): void => {
      phase = to;
    },
    ask: (asked: Wish): void => {
      wish = asked;
    },
    report,
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tell: () => Promise<{ readonly status: string }>,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const told = await tell();
  const body = JSON.stringify(told);
  response.writeHead(told.status === 'ok' ? 200 : 503, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
