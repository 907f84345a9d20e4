import { z } from 'zod';
import type { Backend, BackendRecord } from '../core/backend.js';
import type { CheckResult } from '../core/check.js';
import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import type { TlsOptions } from '../core/engine.js';
import { singleIssues, strictObject, unknownName } from '../core/problems.js';
import type { Probe, ProbeModule } from './probe.js';
import { type ProbeName, type ProbeOptions, probes } from './probes/index.js';
import type { Timing } from './standing.js';
import { targetOf } from './target.js';
import type { Check } from './watched.js';

/**
 * A check of a user's own. It passes by returning nothing, `true` or a {@link CheckResult} that is `ok`, and fails by
 * returning `false` or one that is not, by throwing, and by taking longer than `timeout`, when `signal` is aborted. May
 * return a promise of these.
 */
export type CustomCheck = (backend: Backend, options: { readonly signal: AbortSignal }) => unknown;

interface SharedOptions {
  /** From the beginning of one check to that of the next. Default 10 s. */
  readonly interval?: Duration | undefined;
  /** For the whole of a check. Default 5 s, and no more than `interval`. */
  readonly timeout?: Duration | undefined;
  /** Passes in a row after which a backend that was down is up. Default 2. */
  readonly rise?: number | undefined;
  /** Failures in a row after which a backend that was up is down. Default 3. */
  readonly fall?: number | undefined;
  /** Share of an interval by which it varies either way, 0 to 1. Default 0.1. */
  readonly jitter?: number | undefined;
  /** In place of `interval` while a backend is changing. Default a fifth of it. */
  readonly fastInterval?: Duration | undefined;
  /** In place of `interval` while a backend has been down for long. Default `interval`. */
  readonly downInterval?: Duration | undefined;
  /** Until the first check of a backend has passed, or `fall` have failed. */
  readonly startup?:
    | {
        /** Default `fastInterval`. */
        readonly interval?: Duration | undefined;
        /** Default `timeout`. */
        readonly timeout?: Duration | undefined;
        /** Default `fall`. */
        readonly fall?: number | undefined;
        /** Whether the backend takes requests meanwhile. Default `'up'`. */
        readonly assume?: 'up' | 'down' | undefined;
      }
    | undefined;
  /** Whether backends may say how they want to be treated. Default false. */
  readonly steer?: boolean | undefined;
}

/** `{ type, ... }` with the options that belong to that kind of check; without `type` it is `http`. */
export type HealthOptions = SharedOptions &
  (
    | ({ readonly type?: 'http' | undefined } & ProbeOptions['http'])
    | { [Name in ProbeName]: { readonly type: Name } & ProbeOptions[Name] }[ProbeName]
    | { readonly type: CustomCheck }
  );

/** `true` and a path are checks by HTTP, a function is one of your own. */
export type HealthSpec = boolean | string | CustomCheck | HealthOptions;

/** What the option comes to. */
export interface HealthConfig {
  readonly timing: Timing;
  readonly steer: boolean;
  /** How this backend is checked. */
  checkOf(backend: BackendRecord, tls: TlsOptions): Check;
}

const count = z.int('a whole number').min(1, 'at least 1');
const interval = durationSchema(1);

const shared = {
  interval: interval.default(10_000),
  timeout: interval.optional(),
  rise: count.default(2),
  fall: count.default(3),
  jitter: z.number('a number').min(0, 'at least 0').max(1, 'at most 1').default(0.1),
  fastInterval: interval.optional(),
  downInterval: interval.optional(),
  startup: strictObject({
    interval: interval.optional(),
    timeout: interval.optional(),
    fall: count.optional(),
    assume: z.enum(['up', 'down'], "'up' or 'down'").default('up'),
  }).prefault({}),
  steer: z.boolean('true or false').default(false),
};

type Shared = z.output<z.ZodObject<typeof shared>>;

const TIMEOUT = 5_000;

function timingOf(options: Shared): Timing {
  const { rise, fall, jitter, startup } = options;
  const ms = (duration: Duration | undefined, otherwise: number): number =>
    duration === undefined ? otherwise : milliseconds(duration);
  const every = milliseconds(options.interval);
  const timeout = ms(options.timeout, Math.min(TIMEOUT, every));
  const fastInterval = ms(options.fastInterval, every / 5);
  return Object.freeze({
    interval: every,
    timeout,
    rise,
    fall,
    jitter,
    fastInterval,
    downInterval: ms(options.downInterval, every),
    startup: Object.freeze({
      interval: ms(startup.interval, fastInterval),
      timeout: ms(startup.timeout, timeout),
      fall: startup.fall ?? fall,
      assume: startup.assume,
    }),
  });
}

/** What cannot both be meant. */
function contradictions({ interval: every, downInterval, fastInterval }: Timing): [path: string, rule: string][] {
  return [
    ...(fastInterval > every ? [['fastInterval', 'not above interval'] as [string, string]] : []),
    ...(downInterval < every ? [['downInterval', 'not below interval'] as [string, string]] : []),
  ];
}

/** A kind of check that has been found: how it is made of its options. */
interface Kind {
  readonly shape: z.ZodRawShape;
  checks(options: object): HealthConfig['checkOf'];
}

const isFunction = (value: unknown): value is CustomCheck => typeof value === 'function';

function isResult(value: unknown): value is CheckResult {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}

/** A check of the user's own; undefined, `true` and `false` are results too. */
/** A report goes out as JSON, to whoever asks for statistics: what is none (a bigint, a cycle) would throw there. */
function tellable({ report, ...result }: CheckResult): CheckResult {
  if (report === undefined) return result;
  try {
    return { ...result, report: JSON.parse(JSON.stringify(report)) };
  } catch {
    return result;
  }
}

function customKind(custom: CustomCheck): Kind {
  const check = async (backend: BackendRecord, signal: AbortSignal): Promise<CheckResult> => {
    const result: unknown = await custom(backend, { signal });
    if (result === undefined || typeof result === 'boolean') return { ok: result ?? true };
    return isResult(result)
      ? tellable(result)
      : { ok: false, error: 'the check returned neither a boolean nor { ok }' };
  };
  return { shape: {}, checks: () => (backend) => (signal) => check(backend, signal) };
}

function probeKind(module: ProbeModule<object>): Kind {
  return {
    shape: module.shape,
    checks: (options) => {
      const probe: Probe = module.create(options);
      return (backend, tls) => {
        const target = targetOf(backend, backend.check || {}, tls);
        return (signal) => probe(target, signal);
      };
    },
  };
}

function kindOf(type: unknown): Kind | undefined {
  if (isFunction(type)) return customKind(type);
  const registry: Readonly<Record<string, ProbeModule<object>>> = probes;
  const module = typeof type === 'string' && Object.hasOwn(registry, type) ? registry[type] : undefined;
  return module === undefined ? undefined : probeKind(module);
}

const KNOWN = Object.keys(probes);
const FORMS = 'true, false, a path, a function, or ';

/** What the short forms stand for. */
function longForm(value: unknown): unknown {
  if (value === true) return {};
  if (typeof value === 'string') return { path: value };
  return isFunction(value) ? { type: value } : value;
}

function typeOf(given: unknown): unknown {
  return (typeof given === 'object' && given !== null && 'type' in given ? given.type : undefined) ?? 'http';
}

/** What is wrong with options, each by its path. */
type Problems = (path: readonly PropertyKey[], message: string) => void;

function configOf(given: unknown, problem: Problems): HealthConfig | undefined {
  const type = typeOf(given);
  const kind = kindOf(type);
  if (kind === undefined) {
    const one = `one of ${KNOWN.join(', ')}, or a function`;
    problem(['type'], typeof type === 'string' ? unknownName('kind of check', type, KNOWN) : one);
  }
  const members = strictObject({ type: z.unknown().optional(), ...shared, ...kind?.shape });
  // Of an unknown kind no option can be wrong but those that all have.
  const parsed = (kind === undefined ? members.loose() : members).safeParse(given);
  if (!parsed.success) {
    for (const { path, message } of singleIssues(parsed.error.issues)) problem(path, message);
    return undefined;
  }
  const { type: _, ...options } = parsed.data;
  const timing = timingOf(options);
  for (const [member, rule] of contradictions(timing)) problem([member], rule);
  return kind && Object.freeze({ timing, steer: options.steer, checkOf: kind.checks(options) });
}

/** `false`, or how backends are checked. */
export const healthSchema = z.unknown().transform((value, context): HealthConfig | false => {
  if (value === false) return false;
  const problem: Problems = (path, message) => {
    const rule = path.length === 0 ? FORMS + message : message;
    // A path that was given by itself is no member to point at.
    const at = typeof value === 'string' ? [] : [...path];
    context.issues.push({ code: 'custom', path: at, message: rule, input: value });
  };
  return configOf(longForm(value), problem) ?? z.NEVER;
});
