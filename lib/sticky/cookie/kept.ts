import type { Exchange } from '../../core/exchange.js';
import { type CookieAttributes, cookiePath, isSecure } from './attributes.js';

interface Problem {
  readonly path: keyof CookieAttributes;
  readonly rule: string;
}

/** What a name promises of its cookie, and browsers hold it to (RFC 6265bis, 4.1.3). */
function prefixOf(name: string): '__Host-' | '__Secure-' | undefined {
  if (/^__host-/i.test(name)) return '__Host-';
  return /^__secure-/i.test(name) ? '__Secure-' : undefined;
}

/** Why the cookie has to be Secure, or browsers drop it (RFC 6265bis, 5.7; CHIPS, 2.1); undefined if it need not be. */
function whySecure(name: string, { sameSite, partitioned }: CookieAttributes): string | undefined {
  const prefix = prefixOf(name);
  if (prefix !== undefined) return `a name that begins with '${prefix}'`;
  if (sameSite === 'none') return "sameSite 'none'";
  return partitioned === true ? 'partitioned' : undefined;
}

/** What in the options makes browsers drop the cookie, whatever the request. */
export function keptProblems(options: CookieAttributes & { readonly name?: string | undefined }): Problem[] {
  const { name = '', secure, path, domain } = options;
  const problems: Problem[] = [];
  const refuse = (member: Problem['path'], rule: string, why: string): void => {
    problems.push({ path: member, rule: `${rule} with ${why}: browsers drop such a cookie` });
  };
  const why = whySecure(name, options);
  if (why !== undefined && secure === false) refuse('secure', 'not false', why);
  if (prefixOf(name) === '__Host-') {
    if (path !== undefined && path !== '/') refuse('path', "'/'", "a name that begins with '__Host-'");
    if (domain !== undefined) refuse('domain', 'none', "a name that begins with '__Host-'");
  }
  return problems;
}

/** Why browsers drop a cookie that is set for this request, where its options alone did not show it. */
export function whyDropped(name: string, attributes: CookieAttributes, exchange: Exchange): string | undefined {
  const why = whySecure(name, attributes);
  if (why !== undefined && !isSecure(attributes, exchange)) {
    return `it has ${why}, and is not Secure, since the request came without TLS: if a proxy in front ends TLS, declare it with trustProxy`;
  }
  const path = cookiePath(attributes, exchange.mount);
  return prefixOf(name) === '__Host-' && path !== '/' ? `its name needs the path '/', and it has ${path}` : undefined;
}
