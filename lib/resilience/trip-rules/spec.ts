import { z } from 'zod';
import type { Clock } from '../../core/clock.js';
import { type Duration, durationSchema, milliseconds } from '../../core/duration.js';
import { falseOr, singleIssues, strictObject, unknownName } from '../../core/problems.js';
import { type TripName, type TripOptions, tripRules } from './index.js';
import type { TripModule, TripRule } from './rule.js';

interface SharedOptions {
  /** Statuses of an answer that count as failures. Default 502, 503 and 504. */
  readonly statuses?: readonly number[] | undefined;
  /** How long a backend is left out the first time. Default 10 s; doubles while it keeps failing. */
  readonly openFor?: Duration | undefined;
  /** At most so long. Default 5 min. */
  readonly maxOpenFor?: Duration | undefined;
  /** Share of the backends that breakers may leave out at once, 0 to 1; one they may always. Default 0.5. */
  readonly maxEjected?: number | undefined;
}

/** `{ trip, ... }` with the options that belong to that rule; without `trip` the rule is `consecutive`. */
export type BreakerOptions = SharedOptions &
  (
    | ({ readonly trip?: 'consecutive' | undefined } & TripOptions<'consecutive'>)
    | { [Name in TripName]: { readonly trip: Name } & TripOptions<Name> }[TripName]
    | { readonly trip: TripRule }
  );

/** What the option comes to. */
export interface BreakerConfig {
  readonly statuses: ReadonlySet<number>;
  readonly openFor: number;
  readonly maxOpenFor: number;
  readonly maxEjected: number;
  /** Makes the rule, one for the whole balancer. */
  rule(clock: Clock): TripRule;
}

const shared = {
  statuses: z
    .array(z.int('a status').min(100, 'a status').max(999, 'a status'), 'an array of statuses')
    .default([502, 503, 504]),
  openFor: durationSchema(1).default(10_000),
  maxOpenFor: durationSchema(1).optional(),
  maxEjected: z.number('a number').min(0, 'at least 0').max(1, 'at most 1').default(0.5),
};

const MAX_OPEN_FOR = 300_000;

function isRule(value: unknown): value is TripRule {
  return typeof value === 'object' && value !== null && 'record' in value && typeof value.record === 'function';
}

/** The module of that name; one without options for a rule of the user's own. */
function moduleOf(trip: unknown): TripModule<object> | undefined {
  if (isRule(trip)) return { shape: {}, create: () => trip };
  const registry: Readonly<Record<string, TripModule<object>>> = tripRules;
  return typeof trip === 'string' && Object.hasOwn(registry, trip) ? registry[trip] : undefined;
}

const KNOWN = Object.keys(tripRules);

const configSchema = z.unknown().transform((value, context): BreakerConfig => {
  const trip =
    typeof value === 'object' && value !== null && 'trip' in value ? (value.trip ?? 'consecutive') : 'consecutive';
  const found = moduleOf(trip);
  if (found === undefined) {
    const rule =
      typeof trip === 'string'
        ? unknownName('trip rule', trip, KNOWN)
        : `one of ${KNOWN.join(', ')}, or an object with record()`;
    context.issues.push({ code: 'custom', path: ['trip'], message: rule, input: trip });
  }
  const members = strictObject({ trip: z.unknown().optional(), ...shared, ...found?.shape });
  // Of an unknown rule no option can be wrong but those that all have.
  const parsed = (found === undefined ? members.loose() : members).safeParse(value);
  if (!parsed.success) {
    for (const { path, message } of singleIssues(parsed.error.issues)) {
      context.issues.push({ code: 'custom', path, message, input: value });
    }
    return z.NEVER;
  }
  const {
    trip: _,
    statuses,
    openFor,
    maxOpenFor = Math.max(MAX_OPEN_FOR, milliseconds(openFor)),
    maxEjected,
    ...options
  } = parsed.data;
  if (milliseconds(maxOpenFor) < milliseconds(openFor)) {
    context.issues.push({ code: 'custom', path: ['maxOpenFor'], message: 'not below openFor', input: maxOpenFor });
  }
  if (found === undefined) return z.NEVER;
  return Object.freeze({
    statuses: new Set(statuses),
    openFor: milliseconds(openFor),
    maxOpenFor: milliseconds(maxOpenFor),
    maxEjected,
    rule: (clock: Clock) => found.create(options, clock),
  });
});

/** `false`, or how backends are left out by what their requests come to. */
export const breakerSchema: z.ZodType<BreakerConfig | false> = falseOr(configSchema);
