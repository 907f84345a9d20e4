import type { IncomingMessage } from 'node:http';

function mediaType(request: IncomingMessage): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function charset(request: IncomingMessage): BufferEncoding {
  const named = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
  return named !== undefined && Buffer.isEncoding(named) ? named : named === 'iso-8859-1' ? 'latin1' : 'utf8';
}

/** Percent-encodes a text in the charset the body is said to be in. */
function percentEncoded(text: string, encoding: BufferEncoding): string {
  if (encoding === 'utf8') return encodeURIComponent(text);
  return Buffer.from(text, encoding).reduce((encoded, byte) => {
    const letter = String.fromCharCode(byte);
    return encoded + (/[A-Za-z0-9]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`);
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

/**
 * The bytes of a body that a parser in front of us has read (`express.json()` and friends), or undefined when `req.body`
 * holds nothing that can be sent again.
 */
export function parsedBody(request: IncomingMessage): Buffer | undefined {
  const body: unknown = Reflect.get(request, 'body');
  // Many apps keep the exact bytes (a webhook's signature needs them): they are better than anything made anew.
  const raw: unknown = Reflect.get(request, 'rawBody');
  for (const bytes of [raw, body]) if (bytes instanceof Uint8Array) return Buffer.from(bytes);
  if (body === undefined) return undefined;
  const type = mediaType(request);
  if (typeof body === 'string' && !/[/+]json$/.test(type)) return Buffer.from(body, charset(request));
  if (/[/+]json$/.test(type)) return Buffer.from(typeof body === 'string' ? jsonText(body) : JSON.stringify(body));
  if (type === 'application/x-www-form-urlencoded' && typeof body === 'object' && body !== null) {
    return Buffer.from(urlencoded(body, charset(request)));
  }
  return undefined;
}
