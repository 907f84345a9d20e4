import { Socket } from 'node:net';
import type { Exchange } from '../core/exchange.js';
import { type HeaderList, headerValues } from '../util/header-list.js';

/** How many bytes of body an answer announces; undefined when it does not say, or has none whatever it says. */
export function announcedLength(method: string | undefined, status: number, headers: HeaderList): number | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return undefined;
  const length = headerValues(headers, 'content-length')[0];
  return length === undefined ? undefined : Number(length);
}

/**
 * Breaks the client's connection so that a cut answer never looks whole. A missing last chunk or missing bytes say so
 * by themselves; where only the end of the connection ends the body (HTTP/1.0), a reset has to.
 */
export function breakOff(exchange: Exchange): void {
  const { response, upgrade } = exchange;
  const socket = upgrade?.socket ?? response.socket;
  if (socket instanceof Socket && !socket.destroyed) socket.resetAndDestroy();
  else response.destroy();
}
