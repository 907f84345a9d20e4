import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import type { Client } from '../core/exchange.js';
import { unmapIp, withoutPort } from '../util/ip.js';
import { type Trust, trustOfApp } from './trust.js';

const plain = (address: string): string => unmapIp(withoutPort(address));

function scheme(request: IncomingMessage, peerTrusted: boolean): 'http' | 'https' {
  if (peerTrusted) {
    const said = request.headers['x-forwarded-proto'];
    const first = (Array.isArray(said) ? said[0] : said)?.split(',')[0]?.trim().toLowerCase();
    if (first === 'https' || first === 'wss') return 'https';
    if (first === 'http' || first === 'ws') return 'http';
  }
  return 'encrypted' in request.socket && request.socket.encrypted === true ? 'https' : 'http';
}

/** The client's address as the trusted peer tells, and `''` where it has none itself and tells none. */
function behind(request: IncomingMessage, trust: Trust): string {
  const address: string | undefined = proxyAddr(request, (hop, i) => i === 0 || trust(plain(hop), i));
  return plain(address ?? '');
}

/**
 * Who comes over a Unix socket has no address, and need not have one for a number of hops, or for a function that does not
 * ask: a proxy there is as good as another. A client that has left has none either.
 */
function trustsPeer(trust: Trust, peer: string, request: IncomingMessage): boolean {
  if (peer !== '') return trust(peer, 0);
  if (request.socket.destroyed) return false;
  try {
    return trust('', 0);
  } catch {
    // A user's own, which may take any text for an address.
    return false;
  }
}

/**
 * Who is asking. Behind a proxy that nobody declared trusted everyone has the proxy's address: that is what the socket
 * says, and what X-Forwarded-For says any client could have written.
 *
 * @param configured the balancer's own `trustProxy`; undefined leaves it to the Express app's setting
 */
export function identify(request: IncomingMessage, configured: Trust | undefined): Client {
  const trust = configured ?? trustOfApp(request);
  const peer = unmapIp(request.socket.remoteAddress ?? '');
  const peerTrusted = trustsPeer(trust, peer, request);
  const address = peerTrusted ? behind(request, trust) : peer;
  return { address, peer, peerTrusted, scheme: scheme(request, peerTrusted) };
}
