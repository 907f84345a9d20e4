import { type Duration, milliseconds } from '../core/duration.js';
import type { Schema, SchemaIssue } from '../core/schema.js';
import { isIdempotent } from '../util/methods.js';
import { hedgeSchema } from './hedge.js';
import { limitsRules } from './limits/contradictions.js';
import { limitsSchema } from './limits/options.js';
import { type ParsedRetry, retrySchema } from './retry.js';
import type { Rule } from './rule.js';

/** The options that speak of one another, as they were given. */
interface Given {
  readonly retry?: unknown;
  readonly hedge?: unknown;
  readonly timeouts?: unknown;
  readonly limits?: unknown;
  readonly backends?: unknown;
}

/** What a schema makes of a value, or undefined: what is wrong with it, others tell. */
function read<T>(schema: Schema<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function retryRules(retry: ParsedRetry, total: number): Rule[] {
  const { attempts, on, methods, budget, backoff } = retry;
  const perTry = milliseconds(retry.perTry);
  const sentToo = on === undefined || on.some((what) => what !== 'connect');
  return [
    [
      ['retry', 'perTry'],
      `not above timeouts.total (${total} ms), which covers all attempts`,
      total > 0 && perTry > total,
    ],
    [
      ['retry', 'on'],
      "with 'timeout', since perTry ends an attempt in one; or without perTry",
      perTry > 0 && on !== undefined && !on.includes('timeout'),
    ],
    [
      ['retry', 'methods'],
      "not with on: ['connect'] alone, where nothing was sent and any method is tried again; add 'reset' to retry these",
      methods !== undefined && !sentToo,
    ],
    [
      ['retry', 'budget'],
      'more than nothing: with ratio 0 and minPerSecond 0 there is no retry; say retry: false',
      attempts > 0 && budget.ratio === 0 && budget.minPerSecond === 0,
    ],
    [['retry', 'on'], 'at least one of them; say retry: false for no retries', attempts > 0 && on?.length === 0],
    [['retry', 'backoff', 'base'], 'not above cap', milliseconds(backoff.base) > milliseconds(backoff.cap)],
  ];
}

function hedgeRules(
  { after, methods }: { readonly after: Duration; readonly methods: readonly string[] },
  retry: ParsedRetry | undefined,
  total: number,
): Rule[] {
  const twice = retry?.methods;
  const said = (name: string): boolean => typeof twice === 'function' || twice?.includes(name) === true;
  const unsaid = methods.filter((name) => !isIdempotent(name) && !said(name));
  const set = after === 'p95' ? 0 : milliseconds(after);
  const perTry = milliseconds(retry?.perTry ?? 0);
  return [
    [
      ['hedge', 'methods'],
      `only what may be carried out twice: name ${unsaid.join(', ')} in retry.methods too, or not here`,
      unsaid.length > 0,
    ],
    [['hedge', 'after'], `below timeouts.total (${total} ms), or it never comes to it`, total > 0 && set >= total],
    [
      ['hedge', 'after'],
      `below retry.perTry (${perTry} ms), which ends an attempt before`,
      perTry > 0 && set >= perTry && (total === 0 || set < total),
    ],
  ];
}

/**
 * Options that are right each by itself and contradict one another. Also looked for where something else is wrong, so that
 * all problems are told at once.
 *
 * @param timeouts what `timeouts` is read by
 */
export function contradictions(
  given: Given | null | undefined,
  timeoutsSchema: Schema<{ readonly total: Duration }>,
): SchemaIssue[] {
  const { retry, hedge, timeouts, limits, backends } = given ?? {};
  const again = retry === false ? undefined : read(retrySchema, retry ?? {});
  const total = milliseconds(read(timeoutsSchema, timeouts ?? {})?.total ?? 0);
  const twice = hedge === undefined ? undefined : read(hedgeSchema, hedge);
  const limited = limits === undefined ? undefined : read(limitsSchema, limits);
  const rules = [
    ...(again === undefined ? [] : retryRules(again, total)),
    ...(twice === undefined ? [] : hedgeRules(twice, again, total)),
    ...(limited === undefined ? [] : limitsRules(limited, backends)),
  ];
  return rules.filter(([, , broken]) => broken).map(([path, message]) => ({ path: [...path], message }));
}
