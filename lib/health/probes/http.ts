import type { z } from 'zod';
import { STEERING_HEADER } from '../../core/check.js';
import { type Expectation, type Expected, expectationSchema, shortfall } from '../expectation.js';
import { exchange } from '../http-exchange.js';
import type { ProbeModule } from '../probe.js';
import { headersSchema, maxBytesSchema, methodSchema, pathSchema } from '../schemas.js';
import { steeringOf } from '../steering.js';

export interface HttpProbeOptions {
  /** Default `'/health'`. */
  readonly path?: string | undefined;
  /** Default `'GET'`. */
  readonly method?: string | undefined;
  /** Header lines of the check; `Host` overrules the backend's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default `{ status: '200-299' }`. */
  readonly expect?: Expectation | undefined;
  /** How much of a body is read, in bytes. Default 65,536. */
  readonly maxBytes?: number | undefined;
}

const shape = {
  path: pathSchema.default('/health'),
  method: methodSchema.default('GET'),
  headers: headersSchema.default({}),
  expect: expectationSchema,
  maxBytes: maxBytesSchema.default(65_536),
};

type Parsed = z.infer<z.ZodObject<typeof shape>>;

/** Passes when the answer is as expected. A redirect is an answer like any other: it is not followed. */
export const http: ProbeModule<Parsed> = {
  shape,
  create({ path, method, headers, expect, maxBytes }) {
    const expected: Expected = expect;
    const limit = expected.body === undefined ? 0 : maxBytes;
    return async (target, signal) => {
      const answer = await exchange(target, { method, headers, path: target.path ?? path }, limit, signal);
      const error = shortfall(answer, expected);
      const word = answer.headers[STEERING_HEADER];
      const steering = typeof word === 'string' ? { steering: steeringOf(word) } : undefined;
      return error === undefined ? { ok: true, ...steering } : { ok: false, error, ...steering };
    };
  },
};
