import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectSecurely } from 'node:tls';
import type { Backend } from '../core/backend.js';
import type { CheckPlace } from '../core/check.js';
import { type Endpoint, endpointOf } from '../core/endpoint.js';
import type { TlsOptions } from '../core/engine.js';

/** Where and how one backend is checked. */
export interface Target extends Endpoint {
  /** Overrules the path that the option `health` names. */
  readonly path: string | undefined;
  /** For the Host header: host and port. */
  readonly authority: string;
  readonly tls: TlsOptions;
}

export function targetOf(backend: Backend, place: CheckPlace, tls: TlsOptions): Target {
  const url = new URL(place.url ?? backend.url);
  if (place.port !== undefined) url.port = String(place.port);
  const own = place.url === undefined ? place.path : `${url.pathname}${url.search}`;
  const endpoint = endpointOf({ url });
  const unix = endpoint.socketPath !== undefined;
  return { ...endpoint, path: own, authority: unix ? 'localhost' : url.host, tls };
}

/** A connection of the check's own, that nobody else uses before or after. TLS is as for traffic. */
export function dial({ protocol, hostname, port, socketPath, tls }: Target): Duplex {
  const secure = protocol === 'https:';
  const place =
    socketPath === undefined ? { host: hostname, port: Number(port) || (secure ? 443 : 80) } : { path: socketPath };
  if (!secure) return connect(place);
  // A name is asked for, an address cannot be (RFC 6066, 3).
  const servername = tls.servername ?? (isIP(hostname) === 0 ? hostname : '');
  return connectSecurely({ ...tls, ...place, servername, ALPNProtocols: ['http/1.1'] });
}

/** What tells that such a connection stands, TLS included. */
export function readyEvent({ protocol }: Target): 'connect' | 'secureConnect' {
  return protocol === 'https:' ? 'secureConnect' : 'connect';
}
