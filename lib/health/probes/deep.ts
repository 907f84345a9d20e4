import type { z } from 'zod';
import { type CheckResult, STEERING_HEADER } from '../../core/check.js';
import { type Answer, exchange } from '../http-exchange.js';
import type { ProbeModule } from '../probe.js';
import { headersSchema, maxBytesSchema, pathSchema } from '../schemas.js';
import { steeringOf, steeringOfReport } from '../steering.js';

export interface DeepProbeOptions {
  /** Where the backend has its `healthEndpoint`. Default `'/health'`. */
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A report with more bytes fails the check. Default 65,536. */
  readonly maxBytes?: number | undefined;
}

const shape = {
  path: pathSchema.default('/health'),
  headers: headersSchema.default({}),
  maxBytes: maxBytesSchema.default(65_536),
};

type Parsed = z.infer<z.ZodObject<typeof shape>>;

type Report = Readonly<Record<string, unknown>>;

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reportOf(body: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isReport(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Names of the checks that the report says have failed. */
function failing({ checks }: Report): string[] {
  if (!isReport(checks)) return [];
  return Object.entries(checks).flatMap(([name, check]) => (isReport(check) && check.ok === false ? [name] : []));
}

function complaint(status: number, report: Report): string | undefined {
  if (status >= 200 && status <= 299) return undefined;
  const names = failing(report);
  return `status ${status}${names.length === 0 ? '' : `, failing: ${names.join(', ')}`}`;
}

function resultOf({ status, headers, body, whole }: Answer): CheckResult {
  const report = whole ? reportOf(body.toString()) : undefined;
  if (report === undefined) {
    const what = whole ? 'no JSON object' : `longer than ${body.length} bytes`;
    return { ok: false, error: `status ${status}, the report is ${what}` };
  }
  const error = complaint(status, report);
  const word = headers[STEERING_HEADER];
  const steering = { ...(typeof word === 'string' && steeringOf(word)), ...steeringOfReport(report) };
  return { ok: error === undefined, ...(error !== undefined && { error }), report, steering };
}

/**
 * Reads what the backend reports of itself, in the words of `healthEndpoint`: passes with a status of 200 to 299 and a
 * JSON object, and keeps that object either way.
 */
export const deep: ProbeModule<Parsed> = {
  shape,
  create: ({ path, headers, maxBytes }) => {
    const asked = { Accept: 'application/json', ...headers };
    return async (target, signal) =>
      resultOf(await exchange(target, { method: 'GET', path: target.path ?? path, headers: asked }, maxBytes, signal));
  },
};
