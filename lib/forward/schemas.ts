import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import type { TlsOptions } from '../core/engine.js';
import { strictObject } from '../core/problems.js';
import { compileEdits } from './header-edits.js';

// RFC 9110, 5.6.2 and 5.5; what Node would throw on in the middle of a request.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The framing and what belongs to one connection: an edit would let two parsers read one message two ways. */
const UNTOUCHABLE = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const name = z
  .string('a header name')
  .regex(TOKEN, 'a header name')
  .refine(
    (text) => !UNTOUCHABLE.has(text.toLowerCase()),
    'not a header of the framing or the connection; Host has the option `host`',
  );

const edits = strictObject({
  set: z.record(name, z.string('a string').regex(VALUE, 'a header value'), 'an object of names and values').default({}),
  remove: z.array(name, 'an array of header names').default([]),
})
  .prefault({})
  .transform(compileEdits);

export const headersSchema = strictObject({ request: edits, response: edits }).prefault({});

/** Name of the header that carries a request id; undefined for none. */
export const requestIdSchema = z
  .union([z.boolean(), name], 'true, false or a header name that is not of the framing')
  .default(false)
  .transform((value) => (value === false ? undefined : value === true ? 'X-Request-Id' : value));

const bytes = z.union([z.string(), z.instanceof(Buffer)], 'PEM, as string or Buffer');

function isCertificate(pem: string | Buffer): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Node takes a `ca` that holds no certificate without a word, and then trusts nobody, or everybody it trusts anyway. */
const authority = bytes.refine(isCertificate);

export const tlsSchema: z.ZodType<TlsOptions> = strictObject({
  ca: z
    .union(
      [authority, z.array(authority).min(1, 'at least one certificate')],
      'certificates in PEM: their contents, not a path',
    )
    .optional(),
  cert: bytes.optional(),
  key: bytes.optional(),
  servername: z.string('a host name').min(1, 'a host name').optional(),
  rejectUnauthorized: z.boolean('true or false').optional(),
}).check((context) => {
  const { cert, key } = context.value;
  const problem = (message: string): void => {
    context.issues.push({ code: 'custom', message, input: context.value });
  };
  if ((cert === undefined) !== (key === undefined)) problem('cert and key go together');
  try {
    // Tells now what would otherwise fail each connection.
    createSecureContext({ cert, key });
  } catch (thrown) {
    problem(`a certificate and its own key, in PEM: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
});
