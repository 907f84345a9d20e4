import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { singleIssues, strictObject } from '../../core/problems.js';
import type { SchemaIssue } from '../../core/schema.js';

/** What of an answer's head may be told not to count, as nginx's `proxy_ignore_headers` does. */
export type IgnoredHeader = 'cache-control' | 'set-cookie' | 'vary';

/** Identical requests that are under way at once share one exchange with a backend. */
export interface CoalesceOptions {
  /**
   * What identical requests have in common, in place of scheme, host, target and the headers that answers depend on (also
   * Authorization and Cookie). An empty string or undefined: this request goes on its own.
   */
  readonly key?: ((request: IncomingMessage) => string | undefined) | undefined;
  /** `'GET'` and `'HEAD'`, or one of them. Default both; each shares with its own kind only. */
  readonly methods?: readonly ('GET' | 'HEAD')[] | undefined;
  /**
   * Bytes by which a client may be behind the fastest of those it shares an answer with: longer answers are not shared, and
   * where one does not say how long it is, who falls further behind is cut off. Default 1 MiB.
   */
  readonly maxBytes?: number | undefined;
  /** Headers of an answer that do not keep it from being shared. Default none. */
  readonly ignoreHeaders?: readonly IgnoredHeader[] | undefined;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const METHODS = "'GET', 'HEAD' or both: any other changes something, or has a body";
const HEADERS = "'cache-control', 'set-cookie' or 'vary'";

const objectSchema = strictObject({
  key: z.custom<(request: IncomingMessage) => string | undefined>(isFunction, 'a function of the request').optional(),
  methods: z
    .array(z.enum(['GET', 'HEAD'], METHODS), METHODS)
    .min(1, METHODS)
    .default(['GET', 'HEAD']),
  maxBytes: z
    .int('a whole number of bytes')
    .min(65_536, 'at least 65,536: less is what sockets hold anyway')
    .max(1_073_741_824, 'at most 1 GiB')
    .default(1_048_576),
  ignoreHeaders: z
    .array(z.enum(['cache-control', 'set-cookie', 'vary'], HEADERS), `an array of ${HEADERS}`)
    .default([]),
});

/** `true`, `false` or an object. */
export const coalesceSchema = z.unknown().transform((value, context) => {
  if (value === false) return undefined;
  const parsed = objectSchema.safeParse(value === true ? {} : value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of singleIssues(parsed.error.issues)) {
    const rule = path.length === 0 ? `true, false or ${message}` : message;
    context.issues.push({ code: 'custom', path, message: rule, input: value });
  }
  return z.NEVER;
});

export type ParsedCoalesce = z.output<typeof objectSchema>;

/** Sessions that are learned from answers: whoever shares one would share the session. */
export function coalescingContradictions(
  given: { readonly coalesce?: unknown; readonly sticky?: unknown } | null | undefined,
): SchemaIssue[] {
  const { coalesce, sticky } = given ?? {};
  const by: unknown = typeof sticky === 'object' && sticky !== null ? Reflect.get(sticky, 'by') : sticky;
  if (coalesce === undefined || coalesce === false || by !== 'learn') return [];
  return [
    {
      path: ['coalesce'],
      message: "not with sticky by 'learn', which learns each client's session from its own answer",
    },
  ];
}
