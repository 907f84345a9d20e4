import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Who is asking, as far as the proxies in between can be trusted. */
export interface Client {
  /** Address of the client itself; `''` when the socket is already gone. IPv4-mapped IPv6 is unmapped. */
  readonly address: string;
  /** Address of the peer on the socket: the client, or the proxy nearest to us. */
  readonly peer: string;
  /** Whether the peer is a trusted proxy, so that what it says in X-Forwarded-* stands. */
  readonly peerTrusted: boolean;
  /** Scheme the client used. */
  readonly scheme: 'http' | 'https';
}

/** A request and who is asking: all that the choice of a backend goes by. */
export interface Asker {
  readonly request: IncomingMessage;
  readonly client: Client;
}

/** The client's socket of an upgrade, watched until the protocol is switched. */
export interface UpgradeSocket {
  readonly socket: Duplex;
  /** Ends the watch; gives what the client has sent behind its head so far. */
  release(): Buffer;
}

/** A client's request as it came in. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Present when the client asks to change the protocol (WebSocket). */
  readonly upgrade: UpgradeSocket | undefined;
}

/**
 * One client request on its way. What the stages learn of it is kept here; the request object itself belongs to the app
 * and is never written to.
 */
export interface Exchange extends Arrival, Asker {
  /** When it came, by the balancer's clock. */
  readonly since: number;
  /** Where the balancer is mounted: `''` or as in `/api`. */
  readonly mount: string;
  /** The client's own id for this request, or one made for it; undefined where nobody asked for one. */
  readonly requestId: string | undefined;
}
