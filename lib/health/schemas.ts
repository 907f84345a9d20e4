import { z } from 'zod';

// RFC 9110, 5.6.2 and 5.5: what Node would throw on at the first check.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** What several kinds of check have in common. */
export const pathSchema = z.string('a string').regex(/^\/[\x21-\x7e]*$/, "a path that begins with '/', without spaces");

export const methodSchema = z
  .string('a string')
  .regex(TOKEN, 'a method')
  .refine((method) => method !== 'CONNECT', 'not CONNECT');

export const headersSchema = z.record(
  z.string().regex(TOKEN, 'a header name'),
  z.string('a string').regex(VALUE, 'a header value'),
  'an object of names and values',
);

export const maxBytesSchema = z.int('a whole number').min(1, 'at least 1').max(16_777_216, 'at most 16 MiB');
