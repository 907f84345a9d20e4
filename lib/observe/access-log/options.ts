import { z } from 'zod';
import { FairleadError } from '../../core/errors.js';
import { problemsOf, problemsText, strictObject, unknownName } from '../../core/problems.js';
import { type Format, formats } from './formats.js';
import type { LineLogger, LineStream } from './sink.js';

export interface AccessLogOptions {
  /**
   * `'combined'` (the default of a stream): Apache's combined format, with `backend=... attempts=...` and the like behind
   * it. `'json'`: an object a line. A function: what it returns is the line; control characters in it are escaped.
   */
  readonly format?: keyof typeof formats | Format | undefined;
  /**
   * Where lines go: a Writable, or a logger with `info()`, such as pino's. Default `process.stdout`. A logger is given
   * the record itself with `'json'`, its default, else the line as its message.
   */
  readonly stream?: LineStream | LineLogger | undefined;
  /**
   * Query parameters whose values are replaced by `REDACTED`, in the target and the referer: names in any case, `true` for
   * all, `false` for none. Default: names known to carry secrets, such as `token`, `password`, `code` and `signature`.
   */
  readonly redact?: boolean | readonly string[] | undefined;
  /** Most that may wait in the stream, in bytes: beyond it lines are dropped and counted. Default 1,048,576. */
  readonly maxBuffered?: number | undefined;
}

function has(value: unknown, method: string): boolean {
  return value !== null && typeof value === 'object' && typeof Reflect.get(value, method) === 'function';
}

export function isLogger(value: LineStream | LineLogger): value is LineLogger {
  return has(value, 'info');
}

const known = Object.keys(formats);

const format = z.unknown().transform((value, context): keyof typeof formats | Format => {
  if (typeof value === 'function') return value as Format;
  if (typeof value === 'string' && known.includes(value)) return value as keyof typeof formats;
  const message = typeof value === 'string' ? unknownName('format', value, known) : `${known.join(', ')} or a function`;
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});

const schema = strictObject({
  format: format.optional(),
  stream: z
    .custom<LineStream | LineLogger>(
      (value) => has(value, 'info') || has(value, 'write'),
      'a Writable, or a logger with info()',
    )
    .optional(),
  redact: z
    .union(
      [z.boolean(), z.array(z.string().min(1, 'the name of a parameter'))],
      'true, false or an array of parameter names',
    )
    .optional(),
  maxBuffered: z.int('a whole number of bytes').min(1_024, 'at least 1,024').default(1_048_576),
});

/** @throws FairleadError FAIRLEAD_OPTIONS that lists every problem */
export function parseAccessLog(options: AccessLogOptions) {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error.issues, options);
  throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'the options of accessLog()'), { problems });
}
