import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../../core/exchange.js';
import { absoluteTarget } from './target.js';

/** What a backend is told of the client and of us. */
export interface ForwardedOptions {
  /** X-Forwarded-For, -Proto, -Host, -Port and -Prefix. */
  readonly xForwarded: boolean;
  /** Forwarded (RFC 7239). */
  readonly standard: boolean;
  /** X-Real-IP: the client address alone. */
  readonly realIp: boolean;
  /** Via (RFC 9110, 7.6.3). */
  readonly via: boolean;
}

const REWRITTEN = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
]);

/**
 * Whether a header (lower case) of the client's speaks of who it is and does not reach the backend as it came: we write
 * it anew, or its peer is nobody we trust and could claim anything.
 */
export function isReplaced(name: string, peerTrusted: boolean, options: ForwardedOptions): boolean {
  // Most names begin otherwise.
  if (name[0] !== 'x' && name !== 'forwarded') return false;
  if (name === 'x-real-ip' || name === 'x_real_ip') return options.realIp || !peerTrusted;
  // CGI and its heirs cannot tell X_Forwarded_For from X-Forwarded-For.
  if (!peerTrusted) return /^x[-_]forwarded[-_]/.test(name) || name === 'forwarded';
  if (name === 'forwarded') return options.standard;
  return options.xForwarded && REWRITTEN.has(name);
}

/** The host a request asked for: Host; in its place the authority of an absolute-form target (RFC 9112, 3.2.2), or of HTTP/2. */
export function hostOf(request: IncomingMessage): string | undefined {
  const target = absoluteTarget(request.url ?? '');
  if (target !== undefined) return target.authority;
  const authority = request.headers[':authority'];
  // RFC 9113, 8.3.1: Host does not overrule it.
  return typeof authority === 'string' ? authority : request.headers.host;
}

function port(exchange: Exchange, host: string): string {
  // The whole host where it names none, and a part of it where that is an IPv6 address: no number either.
  const explicit = host.slice(host.lastIndexOf(':') + 1);
  if (explicit !== host && /^\d+$/.test(explicit)) return explicit;
  return exchange.client.scheme === 'https' ? '443' : '80';
}

/** The first of a header's values that a trusted peer sent, else undefined. */
function said(exchange: Exchange, name: string): string | undefined {
  if (!exchange.client.peerTrusted) return undefined;
  const value = exchange.request.headers[name];
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text === undefined || text === '' ? undefined : text;
}

/** The host the client asked for, as far as trusted proxies tell. */
export function clientHost(exchange: Exchange): string | undefined {
  return said(exchange, 'x-forwarded-host') ?? hostOf(exchange.request);
}

function addXForwarded(list: string[], exchange: Exchange, mount: string): void {
  const { client } = exchange;
  const before = said(exchange, 'x-forwarded-for');
  const host = clientHost(exchange) ?? '';
  const prefix = (said(exchange, 'x-forwarded-prefix') ?? '') + mount;
  // On a Unix socket nobody has an address.
  const chain = before === undefined || client.peer === '' ? (before ?? client.peer) : `${before}, ${client.peer}`;
  if (chain !== '') list.push('X-Forwarded-For', chain);
  list.push('X-Forwarded-Proto', client.scheme);
  if (host !== '') list.push('X-Forwarded-Host', host);
  list.push('X-Forwarded-Port', said(exchange, 'x-forwarded-port') ?? port(exchange, host));
  if (prefix !== '') list.push('X-Forwarded-Prefix', prefix);
}

/** A node of RFC 7239, 6: IPv6 in brackets, and so in quotes. */
function forwardedNode(address: string): string {
  if (address === '') return 'unknown';
  return address.includes(':') ? `"[${address}]"` : address;
}

/** The element of Forwarded that speaks of our peer, behind those of trusted proxies. */
function standardForwarded(exchange: Exchange): string {
  const { client, request } = exchange;
  const before = said(exchange, 'forwarded');
  const host = hostOf(request) ?? '';
  // A token where it is one; a port or an IPv6 address makes it a quoted string.
  const shownHost = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(host) ? host : `"${host.replaceAll(/["\\]/g, '\\$&')}"`;
  const own = `for=${forwardedNode(client.peer)};proto=${client.scheme}${host === '' ? '' : `;host=${shownHost}`}`;
  return before === undefined ? own : `${before}, ${own}`;
}

/**
 * Adds what we say of the client. To the X-Forwarded-For of a trusted peer its address is added; scheme, host and port it
 * knows better than we do, so they stand (as in Caddy); our mount comes behind its prefix. From anyone else nothing
 * stands.
 *
 * @param mount what the backend does not see of the path
 */
export function addForwarded(list: string[], exchange: Exchange, options: ForwardedOptions, mount: string): void {
  if (options.xForwarded) addXForwarded(list, exchange, mount);
  if (options.standard) list.push('Forwarded', standardForwarded(exchange));
  if (options.realIp && exchange.client.address !== '') list.push('X-Real-IP', exchange.client.address);
  if (options.via) list.push('Via', `${exchange.request.httpVersion} fairlead`);
}
