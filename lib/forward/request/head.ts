import type { IncomingMessage } from 'node:http';
import type { Backend } from '../../core/backend.js';
import type { Exchange } from '../../core/exchange.js';
import { withoutCookie } from '../../util/cookies.js';
import { headerValues } from '../../util/header-list.js';
import { NameSet } from '../../util/name-set.js';
import { edited, type HeaderEdits } from '../header-edits.js';
import { connectionNamed, isHopByHop } from '../hop-by-hop.js';
import type { BodyForm } from './body.js';
import { addForwarded, type ForwardedOptions, hostOf, isReplaced } from './forwarded.js';
import type { PathOption } from './target.js';

/** `'preserve'` (the client's), `'backend'` (the backend's own), or a host. */
export type HostOption = string;

export interface RequestHeadOptions {
  readonly forwarded: ForwardedOptions;
  /** The sticky cookie, which is ours and no backend's business. */
  readonly stickyCookie: string | undefined;
  readonly host: HostOption;
  /** Path for the backend: `'stripped'` of the mount, `'original'`, or as a function says. */
  readonly path: PathOption;
  readonly headers: HeaderEdits;
  /** Name of the header that carries a request id to the backend; undefined for none. */
  readonly requestId: string | undefined;
}

/** Written by us or by nobody: the framing, and what was meant for this hop. `expect` Node has answered already. */
const OURS = new NameSet(['content-length', 'expect', 'host', 'te', 'trailer']);

/** For any other method Node announces chunks where nothing says that there is no body. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** One framing, always our own (RFC 9112, 6.1): a body is never announced twice, nor one announced that we do not send. */
function addFraming(list: string[], method: string, body: BodyForm): void {
  if (body.kind === 'bytes') list.push('Content-Length', String(body.bytes.length));
  else if (body.kind === 'none') {
    if (!BODILESS.has(method)) list.push('Content-Length', '0');
  } else if (body.length === undefined) list.push('Transfer-Encoding', 'chunked');
  else list.push('Content-Length', body.length);
}

/** Whether a line (its name in lower case) of the client's stays here. */
function staysHere(name: string, exchange: Exchange, body: BodyForm, options: RequestHeadOptions): boolean {
  if (OURS.has(name) || isReplaced(name, exchange.client.peerTrusted, options.forwarded)) return true;
  // A body that a parser has read was unpacked too.
  if (name === 'content-encoding') return body.kind === 'bytes';
  // Pseudo-headers are HTTP/2's request line.
  return name.startsWith(':') || (exchange.requestId !== undefined && name === options.requestId?.toLowerCase());
}

/** The client's own lines that go on: only `rawHeaders` has them all, in its order and spelling. */
function addClientLines(list: string[], exchange: Exchange, body: BodyForm, options: RequestHeadOptions): void {
  const { request } = exchange;
  const raw = request.rawHeaders;
  const named = connectionNamed(request.headers.connection);
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (isHopByHop(lower, named) || staysHere(lower, exchange, body, options)) continue;
    const value = raw[i + 1] as string;
    const kept = lower === 'cookie' ? withoutCookie(value, options.stickyCookie) : value;
    if (kept !== undefined) list.push(name, kept);
  }
}

/** The host asked for: what the client said, and where it said nothing (HTTP/1.0) the backend's own. */
function hostFor(exchange: Exchange, backend: Backend, option: HostOption): string {
  if (option === 'backend') return backend.url.host || 'localhost';
  if (option !== 'preserve') return option;
  return hostOf(exchange.request) ?? (backend.url.host || 'localhost');
}

/** Browsers split Cookie over HTTP/2; an HTTP/1.1 server may look at the first line only (RFC 9113, 8.2.3). */
function joinedCookies(list: string[]): string[] {
  const cookies = headerValues(list, 'cookie');
  if (cookies.length < 2) return list;
  const others: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if ((list[i] as string).toLowerCase() !== 'cookie') others.push(list[i] as string, list[i + 1] as string);
  }
  return [...others, 'cookie', cookies.join('; ')];
}

/** TE and Trailer, as far as they may be passed on. */
function addTrailerLines(list: string[], request: IncomingMessage, body: BodyForm): void {
  const { trailer, te } = request.headers;
  // Node throws when Trailer stands beside anything but chunks.
  if (typeof trailer === 'string' && body.kind === 'stream' && body.length === undefined) list.push('Trailer', trailer);
  if (typeof te === 'string' && /(^|[\s,])trailers($|[\s,;])/i.test(te)) list.push('TE', 'trailers');
}

/** The complete head for a backend, as one flat list (name, value, name, value ...). */
export function requestHeaders(
  exchange: Exchange,
  backend: Backend,
  body: BodyForm,
  options: RequestHeadOptions,
): string[] {
  const { request, upgrade } = exchange;
  let list = ['Host', hostFor(exchange, backend, options.host)];
  addClientLines(list, exchange, body, options);
  if (request.httpVersionMajor === 2) list = joinedCookies(list);
  addFraming(list, request.method ?? 'GET', body);
  addTrailerLines(list, request, body);
  addForwarded(list, exchange, options.forwarded, options.path === 'stripped' ? exchange.mount : '');
  if (exchange.requestId !== undefined && options.requestId !== undefined) {
    list.push(options.requestId, exchange.requestId);
  }
  if (upgrade !== undefined) list.push('Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket');
  return edited(list, options.headers);
}
