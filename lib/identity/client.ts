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

/**
 * Who is asking. Behind a proxy that nobody declared trusted everyone has the proxy's address: that is what the socket
 * says, and what X-Forwarded-For says any client could have written.
 *
 * @param configured the balancer's own `trustProxy`; undefined leaves it to the Express app's setting
 */
export function identify(request: IncomingMessage, configured: Trust | undefined): Client {
  const trust = configured ?? trustOfApp(request);
  const peer = unmapIp(request.socket.remoteAddress ?? '');
  const peerTrusted = peer !== '' && trust(peer, 0);
  const address = peerTrusted ? plain(proxyAddr(request, (hop, i) => trust(plain(hop), i))) : peer;
  return { address, peer, peerTrusted, scheme: scheme(request, peerTrusted) };
}
