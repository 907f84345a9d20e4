import type { IncomingMessage } from 'node:http';

/** The JSON of a request, or what to answer instead. */
export type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly error: string };

const refused = (status: number, error: string): Body => ({ ok: false, status, error });

function parsed(text: string): Body {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return refused(400, 'the body is no JSON');
  }
}

/** Express 4's parsers of other types leave `{}` where they have read nothing. */
function isUnread(request: IncomingMessage, body: unknown): boolean {
  return !request.readableDidRead && typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}

/** Reads a request's JSON, up to so many bytes; what a body parser in front has read is taken over from it. */
export async function jsonBody(request: IncomingMessage, limit: number): Promise<Body> {
  // A form of another site can send text and fields, but not this, without asking first.
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return refused(415, 'the body has to be application/json');
  }
  const read: unknown = Reflect.get(request, 'body');
  if (typeof read === 'string' || read instanceof Uint8Array) return parsed(Buffer.from(read).toString());
  if (read !== undefined && !isUnread(request, read)) return { ok: true, value: read };
  const tooLong = refused(413, `the body is longer than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) return tooLong;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Who stops reading must not end the connection: the answer is still to go there.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += chunk.length;
      if (length > limit) return tooLong;
      chunks.push(chunk);
    }
  } catch {
    return refused(400, 'the body broke off');
  }
  return parsed(Buffer.concat(chunks).toString());
}
