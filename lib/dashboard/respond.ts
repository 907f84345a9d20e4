import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refused } from './page/protocol.js';

/** Only what we serve ourselves may load or run, nothing in line, and nobody may put the page into a frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** On every answer, in place of what the app in front has set (helmet's policy, say). */
export function guard(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/** A whole answer; HEAD gets its headers. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: object): void {
  send(request, response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** No, and why: for the page's own script, and for people with curl. */
export function refuse(request: IncomingMessage, response: ServerResponse, status: number, error: string): void {
  const refused: Refused = { error };
  sendJson(request, response, status, refused);
}
