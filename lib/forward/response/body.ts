import type { ServerResponse } from 'node:http';
import type { Arrival } from '../../core/exchange.js';
import { type HeaderList, headerValues } from '../../util/header-list.js';
import { destroyResponse } from './destroy.js';

/** Whether an answer has no body whatever it says. */
export function isBodiless(method: string | undefined, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}

/** How many bytes of body an answer announces; undefined when it does not say, or has none whatever it says. */
export function announcedLength(method: string | undefined, status: number, headers: HeaderList): number | undefined {
  if (isBodiless(method, status)) return undefined;
  const length = headerValues(headers, 'content-length')[0];
  return length === undefined ? undefined : Number(length);
}

/** Tells the client that its connection ends with this answer. HTTP/2 says that of a connection, and not in an answer. */
export function endsConnection(response: ServerResponse): void {
  if (response.req.httpVersionMajor === 1) response.shouldKeepAlive = false;
}

/**
 * Breaks the client's connection (of HTTP/2: the stream) so that a cut answer never looks whole. A missing last chunk or
 * missing bytes say so by themselves; where only the end of the connection ends the body, as in HTTP/1.0, a reset has to.
 */
export function breakOff({ response, upgrade }: Arrival): void {
  if (upgrade !== undefined) {
    upgrade.socket.destroy();
    return;
  }
  const { socket, req } = response;
  // Only a bare TCP socket can be reset; Node throws for TLS and pipes.
  const resettable = req.httpVersion === '1.0' && socket?.remoteAddress !== undefined && !('encrypted' in socket);
  if (resettable && !socket.destroyed) socket.resetAndDestroy();
  else destroyResponse(response, req.httpVersionMajor === 2 ? new Error('the answer broke off') : undefined);
}
