import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { cookieValues } from './cookies.js';
import { hash32 } from './hash.js';
import { ipHash32, ipKey } from './ip.js';
import { queryValue } from './query.js';

/**
 * What of a request is hashed: the client's address (of IPv6 the first 64 bits), the path without its query, a header,
 * a cookie, a query parameter, or what a function says. Where it is absent or empty the client's address stands in.
 */
export type HashKey =
  | 'ip'
  | 'path'
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly query: string }
  | ((request: IncomingMessage) => string);

const NAMED = ['header', 'cookie', 'query'];

// RFC 9110, 5.1 and RFC 6265, 4.1.1: both are tokens. No request has another, so every one would go by its address.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function isHashKey(value: unknown): value is HashKey {
  if (typeof value !== 'object' || value === null) {
    return value === 'ip' || value === 'path' || typeof value === 'function';
  }
  const [[kind, name] = [], ...others] = Object.entries(value);
  return (
    NAMED.includes(kind ?? '') &&
    typeof name === 'string' &&
    name !== '' &&
    others.length === 0 &&
    (kind === 'query' || token.test(name))
  );
}

export const hashKeySchema: z.ZodType<HashKey> = z.custom<HashKey>(isHashKey, {
  message: "'ip', 'path', { header }, { cookie }, { query }, or a function of the request; names without spaces",
});

interface Asked {
  /** The client's address. */
  readonly key: string;
  readonly request: IncomingMessage;
}

interface KeyAsker {
  readonly client: { readonly address: string };
  readonly request: IncomingMessage;
}

/** The target as the client sent it: Express and Connect cut the mount off `url`. */
function targetOf(request: IncomingMessage & { readonly originalUrl?: unknown }): string {
  return typeof request.originalUrl === 'string' ? request.originalUrl : (request.url ?? '');
}

function pathOf(request: IncomingMessage): string {
  const target = targetOf(request);
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

function headerOf(request: IncomingMessage, name: string): unknown {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function reader(key: Exclude<HashKey, 'ip'>): (request: IncomingMessage) => unknown {
  if (key === 'path') return pathOf;
  if (typeof key === 'function') return key;
  if ('cookie' in key) return (request) => cookieValues(request.headers.cookie, key.cookie)[0];
  if ('query' in key) return (request) => queryValue(targetOf(request), key.query);
  const name = key.header.toLowerCase();
  return (request) => headerOf(request, name);
}

/** Makes what gives the hash of a request's key. It throws only what a function of the user's own throws. */
export function requestHash(key: HashKey): (asked: Asked) => number {
  if (key === 'ip') return (asked) => ipHash32(asked.key, 64);
  const read = reader(key);
  return (asked) => {
    const value = read(asked.request);
    return typeof value === 'string' && value !== '' ? hash32(value) : ipHash32(asked.key, 64);
  };
}

/** Longer values are of somebody who wants to fill memory: what is remembered of them is a hash. */
const LONGEST = 64;

/**
 * Makes what gives a request's key as a text of bounded length: for counting, where keys that share a hash would be one.
 * A value never reads as an address, or anyone could count on another's. It throws only what a function of the user's own
 * throws.
 */
export function requestKey(key: HashKey): (asker: KeyAsker) => string {
  const address = ({ client }: KeyAsker): string => ipKey(client.address, 64);
  if (key === 'ip') return address;
  const read = reader(key);
  return (asker) => {
    const value = read(asker.request);
    if (typeof value !== 'string' || value === '') return address(asker);
    return `=${value.length > LONGEST ? createHash('sha256').update(value).digest('base64') : value}`;
  };
}
