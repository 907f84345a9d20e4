import type { IncomingMessage } from 'node:http';

function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The charset the body is said to be in; undefined for one that Node cannot write. */
function charset(request: IncomingMessage): BufferEncoding | undefined {
  const named = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  if (named === 'iso-8859-1' || named === 'us-ascii') return 'latin1';
  return Buffer.isEncoding(named) ? named : undefined;
}

/** Percent-encodes a text in the charset the body is said to be in. */
function percentEncoded(text: string, encoding: BufferEncoding): string {
  if (encoding === 'utf8' || encoding === 'utf-8') return encodeURIComponent(text);
  return Buffer.from(text, encoding).reduce((encoded, byte) => {
    const letter = String.fromCharCode(byte);
    return encoded + (/[A-Za-z0-9]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  }, '');
}

/** Names and values, as in `a[b][0]=c`: what qs, and so `express.urlencoded()`, reads back as it was. */
function formFields(value: unknown, name: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value ?? '')]];
  // Repeated names are a list to every parser, brackets to some; but one alone would be no list.
  const repeated = Array.isArray(value) && value.length > 1 && value.every((item) => typeof item !== 'object');
  return Object.entries(value).flatMap(([key, item]) => {
    return formFields(item, repeated ? name : name === '' ? key : `${name}[${key}]`);
  });
}

function urlencoded(body: object, encoding: BufferEncoding): string {
  const encode = (text: string): string => percentEncoded(text, encoding);
  return formFields(body, '')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** A string under a JSON type: the text of an object or array, as `express.text()` leaves it, or a parsed JSON string. */
function jsonText(body: string): string {
  try {
    if (typeof JSON.parse(body) === 'object' && /^\s*[[{]/.test(body)) return body;
  } catch {
    // No JSON, so it was parsed.
  }
  return JSON.stringify(body);
}

const isJson = (type: string): boolean => /[/+]json$/.test(type);

function writtenText(body: string, type: string): string {
  return isJson(type) ? jsonText(body) : body;
}

/** What a parser made of a body, as text again; undefined where it cannot be told any more what that was. */
function writtenValue(body: unknown, type: string, encoding: BufferEncoding): string | undefined {
  if (isJson(type)) return JSON.stringify(body);
  if (typeof body !== 'object' || body === null || type === '' || type.startsWith('multipart/')) return undefined;
  // A type of the app's own that `express.json({ type })` was told to read.
  return type === 'application/x-www-form-urlencoded' ? urlencoded(body, encoding) : JSON.stringify(body);
}

/**
 * The bytes of a body that a parser in front of us has read (`express.json()` and friends), or undefined when `req.body`
 * holds nothing that can be sent again.
 */
export function parsedBody(request: IncomingMessage): Buffer | undefined {
  const body: unknown = Reflect.get(request, 'body');
  // Many apps keep the exact bytes (a webhook's signature needs them): they are better than anything made anew.
  const raw: unknown = Reflect.get(request, 'rawBody');
  for (const bytes of [raw, body]) if (bytes instanceof Uint8Array) return Buffer.from(bytes);
  const encoding = charset(request);
  if (body === undefined || encoding === undefined) return undefined;
  const type = mediaType(request);
  const text = typeof body === 'string' ? writtenText(body, type) : writtenValue(body, type, encoding);
  return text === undefined ? undefined : Buffer.from(text, encoding);
}
