import { z } from 'zod';
import type { BackendInput } from '../../core/backend.js';
import { backendsSchema } from '../../core/backend-schema.js';
import { type Duration, durationSchema } from '../../core/duration.js';
import { singleIssues, strictObject } from '../../core/problems.js';

/** Copies of requests to backends whose answers nobody sees. */
export interface MirrorOptions {
  /** Where the copies go, in turn: a URL or several; objects may have `url` and `id`. */
  readonly to: string | URL | readonly (string | URL | Pick<BackendInput, 'url' | 'id'>)[];
  /** How many of the requests, 0 to 100, by chance. Default 100. */
  readonly percent?: number | undefined;
  /** Methods that are copied. Default all: give `['GET', 'HEAD']` where a shadow shares what orders change. */
  readonly methods?: readonly string[] | undefined;
  /** Bytes of a body that is copied; a request with a longer one is skipped. Default 65,536. */
  readonly maxBytes?: number | undefined;
  /** Copies under way at once, those whose body is still coming included; more are skipped. Default 100. */
  readonly maxConcurrent?: number | undefined;
  /** How long a copy may take, from its sending to the end of its answer: milliseconds or `'10s'`. Default 10 s. */
  readonly timeout?: Duration | undefined;
}

/** A shadow is neither chosen, nor checked, nor weighed. */
const MEANT = new Set(['url', 'id']);

const to = z.unknown().transform((value, context): BackendInput[] => {
  const list: unknown = typeof value === 'string' || value instanceof URL ? [value] : value;
  if (!Array.isArray(list)) {
    context.issues.push({
      code: 'custom',
      message: 'a URL, or an array of URLs or of objects with a url',
      input: value,
    });
    return z.NEVER;
  }
  const parsed = backendsSchema.safeParse(list);
  const before = context.issues.length;
  for (const { path, message } of singleIssues(parsed.error?.issues ?? [])) {
    const told = message.replace('backends[', 'mirror.to[');
    context.issues.push({ code: 'custom', path: list === value ? path : [], message: told, input: value });
  }
  if (list.length === 0) {
    context.issues.push({ code: 'custom', message: 'at least one backend', input: value });
  }
  for (const [i, backend] of (parsed.data ?? []).entries()) {
    for (const key of Object.keys(backend).filter((name) => !MEANT.has(name))) {
      const message = 'not for a mirror, whose backends have url and id only: they are asked in turn, unchecked';
      context.issues.push({ code: 'custom', path: [i, key], message, input: value });
    }
  }
  return parsed.success && context.issues.length === before ? parsed.data : z.NEVER;
});

/** An object with `to`. */
export const mirrorSchema = strictObject({
  to,
  percent: z.number('a number').min(0, 'at least 0').max(100, 'at most 100').default(100),
  methods: z
    .array(z.string('a method').regex(/^[A-Z][A-Z-]*$/, "a method in capitals, as in 'POST'"), 'an array of methods')
    .min(1, 'at least one method')
    .optional(),
  maxBytes: z.int('a whole number of bytes').min(0, 'at least 0').max(67_108_864, 'at most 64 MiB').default(65_536),
  maxConcurrent: z.int('a whole number').min(1, 'at least 1').max(10_000, 'at most 10,000').default(100),
  timeout: durationSchema(1).default(10_000),
});

export type ParsedMirror = z.output<typeof mirrorSchema>;
