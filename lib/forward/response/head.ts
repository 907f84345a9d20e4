import { ServerResponse } from 'node:http';
import { STEERING_HEADER } from '../../core/check.js';
import type { ResponseHead } from '../../core/recipient.js';
import { type HeaderList, headerValues, joinedValues } from '../../util/header-list.js';
import { edited, type HeaderEdits } from '../header-edits.js';
import { connectionNamed, isHopByHop } from '../hop-by-hop.js';

/** What of an answer's head says what it is. */
export type AnswerHead = Pick<ResponseHead, 'status' | 'headers'>;

/** What is done to a head on its way to the client. */
export interface ResponseEdits {
  /** Header lines that pin the client to this backend; asked for once, at the commit point. */
  readonly pin: (answer: AnswerHead) => readonly string[];
  /** Takes what the backend says of itself in a header of its own; undefined where nobody listens. */
  readonly heard?: ((header: string) => void) | undefined;
  /** The operator's own changes. */
  readonly headers: HeaderEdits;
  /** Puts paths and addresses right that a backend below a mount gets wrong; undefined where there is nothing to do. */
  readonly map: ((name: string, value: string) => string) | undefined;
  /** Lines of ours, in place of the backend's of the same names. */
  readonly added: HeaderList;
}

/** Lists to which the app's middleware and the backend may both have something to say. */
const ADDED_TO = new Set(['set-cookie', 'vary']);

/** What caches go by. A CDN has headers of its own (RFC 9213, and its forerunner), which `private` would not reach. */
const CACHING = /^(cache-control|surrogate-control|([a-z-]+-)?cdn-cache-control)$/;

/** What may stand in a reason phrase (RFC 9112, 4); Node throws on anything else. */
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether the answer to this client is framed so that trailers can follow it: in chunks, or by HTTP/2. */
function goesOutChunked(response: ServerResponse, head: ResponseHead): boolean {
  const { method, httpVersionMajor, httpVersionMinor } = response.req;
  if (method === 'HEAD' || head.status === 204 || head.status === 304) return false;
  if (httpVersionMajor === 2) return true;
  return httpVersionMajor === 1 && httpVersionMinor >= 1 && headerValues(head.headers, 'content-length').length === 0;
}

/**
 * A response that sets the sticky cookie must not be kept by a shared cache, or everyone it serves would be pinned to
 * one backend (HAProxy's `nocache`).
 */
function notShared(value: string): string {
  // A directive's value may be a quoted list: private="X-A, X-B".
  const kept = (value.match(/(?:[^,"]|"[^"]*"?)+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(public|private|s-maxage)\b/i.test(part));
  return kept.some((part) => /^no-store$/i.test(part)) ? value : [...kept, 'private'].join(', ');
}

/** The list as no shared cache keeps it, whoever has said what in it. @param inFront what the app says, where nobody else does */
function unshared(list: HeaderList, inFront: string): string[] {
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    // Of those for a CDN nothing is kept.
    if (!CACHING.test((list[i] as string).toLowerCase())) kept.push(list[i] as string, list[i + 1] as string);
  }
  return [...kept, 'Cache-Control', notShared(joinedValues(list, 'cache-control') ?? inFront)];
}

/** Whether a line of ours has this name. It stands alone: a backend that echoes the request's id would have it told twice. */
function isAdded(added: HeaderList, name: string): boolean {
  return added.length > 0 && headerValues(added, name).length > 0;
}

/** The backend's end-to-end headers, and behind them what we add. */
function outgoing(
  response: ServerResponse,
  head: ResponseHead,
  pin: readonly string[],
  edits: ResponseEdits,
): string[] {
  const list: string[] = [];
  const { added } = edits;
  const named = connectionNamed(joinedValues(head.headers, 'connection'));
  for (let i = 0; i < head.headers.length; i += 2) {
    const name = head.headers[i] as string;
    const lower = name.toLowerCase();
    // For us, as a header of the connection would be; it goes no further whether or not anybody listens.
    if (lower === STEERING_HEADER) edits.heard?.(head.headers[i + 1] as string);
    if (isHopByHop(lower, named) || (lower === 'trailer' && !goesOutChunked(response, head))) continue;
    if (isAdded(added, lower)) continue;
    const value = head.headers[i + 1] as string;
    list.push(name, edits.map === undefined ? value : edits.map(lower, value));
  }
  if (pin.length > 0 || added.length > 0) list.push(...pin, ...added);
  const whole = edited(list, edits.headers);
  // Behind the operator's edits: one that lets everything be cached would hand one client's pin to all.
  return pin.length === 0 ? whole : unshared(whole, String(response.getHeader('cache-control') ?? ''));
}

/** Puts the lines on the response: the backend's word replaces the app's, lines of its own with one name stay apart. */
function setLines(response: ServerResponse, list: HeaderList, fromApp: readonly string[], pinned: boolean): void {
  for (const name of fromApp) {
    const replaced = headerValues(list, name).length > 0 || (pinned && CACHING.test(name));
    if (replaced && !ADDED_TO.has(name)) response.removeHeader(name);
  }
  for (let i = 0; i < list.length; i += 2) response.appendHeader(list[i] as string, list[i + 1] as string);
}

/**
 * Writes the head to the client. It goes out with the first byte of the body, or when flushed.
 *
 * @throws RangeError, TypeError when Node refuses a status or header value
 */
export function writeHead(response: ServerResponse, head: ResponseHead, edits: ResponseEdits): void {
  const pin = edits.pin(head);
  const list = outgoing(response, head, pin, edits);
  // HTTP/2 has no reason phrase, and Node warns of one.
  const reason = response.req.httpVersionMajor === 1 && REASON.test(head.reason) ? head.reason : '';
  const fromApp = response.getHeaderNames();
  if (fromApp.length === 0 && response.writeHead === ServerResponse.prototype.writeHead) {
    // Nobody in between has set or wrapped anything: the lines go out as they are, in their order and spelling.
    if (reason === '') response.writeHead(head.status, list);
    else response.writeHead(head.status, reason, list);
    return;
  }
  try {
    setLines(response, list, fromApp, pin.length > 0);
    if (reason === '') response.writeHead(head.status);
    else response.writeHead(head.status, reason);
  } catch (thrown) {
    // What was set for this answer must not stand in the one that takes its place.
    for (let i = 0; i < list.length; i += 2) response.removeHeader(list[i] as string);
    throw thrown;
  }
}
