import { z } from 'zod';
import { falseOr, strictObject } from '../../core/problems.js';
import { missingOpenTelemetry, type Tracer } from './api.js';

export interface TracingOptions {
  /** Who makes the spans. Default: the globally registered provider's tracer `'fairlead'`. */
  readonly tracer?: Tracer | undefined;
  /**
   * Whose `traceparent` is continued where the app itself has no active span: everybody's (`'any'`, the default), only
   * that of proxies that `trustProxy` trusts, or nobody's. What is not continued is not passed on either.
   */
  readonly incoming?: 'any' | 'trusted' | 'none' | undefined;
  /** Query parameters whose values are hidden in `url.full`, as in `accessLog()`. Default: well-known secrets. */
  readonly redact?: boolean | readonly string[] | undefined;
}

/** `true` is all defaults. */
export type TracingSpec = boolean | TracingOptions;

function isTracer(value: unknown): value is Tracer {
  return value !== null && typeof value === 'object' && typeof Reflect.get(value, 'startSpan') === 'function';
}

const options = strictObject({
  tracer: z.custom<Tracer>(isTracer, 'a tracer, with startSpan()').optional(),
  incoming: z.enum(['any', 'trusted', 'none'], "'any', 'trusted' or 'none'").default('any'),
  redact: z
    .union(
      [z.boolean(), z.array(z.string().min(1, 'the name of a parameter'))],
      'true, false or an array of parameter names',
    )
    .optional(),
});

export type ParsedTracing = z.output<typeof options>;

/** The package has to be there where it is asked for, and is looked for nowhere else. */
export const tracingSchema = z
  .unknown()
  .transform((value) => (value === true ? {} : value))
  .pipe(falseOr(options))
  .superRefine((parsed, context) => {
    const message = parsed === false ? undefined : missingOpenTelemetry();
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
