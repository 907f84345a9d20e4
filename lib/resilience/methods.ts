import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

/** Which requests: by method, or as a function says. */
export type Methods = readonly string[] | ((request: IncomingMessage) => boolean);

const isFunction = (value: unknown): boolean => typeof value === 'function';

const METHOD = "a method in capitals, as in 'POST'";

/** Methods are told apart by case (RFC 9110, 9.1); nobody means a method named `post`. */
export const methodNames = z
  .array(z.string(METHOD).regex(/^[A-Z][A-Z-]*$/, METHOD), 'an array of methods')
  .min(1, 'at least one method');

/** Names, or a function; what is wrong with one name is told at its place. */
export const methodsSchema = z.unknown().transform((value, context): Methods => {
  if (isFunction(value)) return value as (request: IncomingMessage) => boolean;
  if (!Array.isArray(value)) {
    context.issues.push({ code: 'custom', message: 'an array of methods, or a function of the request', input: value });
    return z.NEVER;
  }
  const parsed = methodNames.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.issues.push({ code: 'custom', path, message, input: value });
  }
  return z.NEVER;
});
