import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import { z } from 'zod';

/** Whether the proxy at this address, `hop` proxies away from us, is to be believed. */
export type Trust = (address: string, hop: number) => boolean;

/** proxy-addr's forms: addresses, subnets and names of ranges, a number of hops, or a function of one's own. */
export type TrustProxy = string | readonly string[] | number | false | Trust;

const trustNobody: Trust = () => false;

function compileTrust(setting: unknown): Trust | undefined {
  if (setting === false) return trustNobody;
  if (typeof setting === 'function') return setting as Trust;
  if (typeof setting === 'number') {
    return Number.isInteger(setting) && setting >= 0 ? (_address, hop) => hop < setting : undefined;
  }
  const list = typeof setting === 'string' ? setting.split(',').map((entry) => entry.trim()) : setting;
  try {
    return Array.isArray(list) ? proxyAddr.compile(list) : undefined;
  } catch {
    return undefined;
  }
}

const FORMS = "addresses or subnets, 'loopback', 'linklocal' or 'uniquelocal', a number of hops, or a function";
const NOT_TRUE = `${FORMS}; not true, since then anyone could claim any address`;

/** The setting, compiled: per request it is only asked. */
export const trustSchema = z.unknown().transform((value, context): Trust | undefined => {
  if (value === undefined) return undefined;
  const trust = compileTrust(value);
  if (trust !== undefined) return trust;
  context.issues.push({ code: 'custom', message: value === true ? NOT_TRUE : FORMS, input: value });
  return z.NEVER;
});

/** The part of an Express app that matters here; we never import Express. */
interface AppLike {
  get(setting: string): unknown;
}

function appOf(request: IncomingMessage): AppLike | undefined {
  const app: unknown = 'app' in request ? request.app : undefined;
  const isApp = (typeof app === 'object' || typeof app === 'function') && app !== null && 'get' in app;
  return isApp ? (app as AppLike) : undefined;
}

/** What the Express app the request came through trusts (`app.set('trust proxy', ...)`); nobody without Express. */
export function trustOfApp(request: IncomingMessage): Trust {
  const trust = appOf(request)?.get('trust proxy fn');
  return typeof trust === 'function' ? (trust as Trust) : trustNobody;
}
