import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Arrival } from '../../core/exchange.js';

/** Who waits for a socket's end: one listener a socket, however many requests are pipelined on it. */
const waiting = new WeakMap<Duplex, Set<() => void>>();

function waitersOf(socket: Duplex): Set<() => void> {
  const known = waiting.get(socket);
  if (known !== undefined) return known;
  const waiters = new Set<() => void>();
  waiting.set(socket, waiters);
  socket.once('close', () => {
    for (const waiter of waiters) waiter();
  });
  return waiters;
}

/** Whether nobody is left to answer: of what is over by then no event tells. */
export function hasGone({ request, response }: Pick<Arrival, 'request' | 'response'>): boolean {
  return response.destroyed || response.closed || request.socket.destroyed;
}

/**
 * Calls `gone` when a response's connection has closed, which a response that is whole also ends with. Node tells only
 * the response whose turn it is; one that waits behind others (pipelining) has to ask the socket.
 *
 * @returns a function that ends the waiting
 */
export function whenClosed(response: ServerResponse, gone: () => void): () => void {
  response.on('close', gone);
  const queued = response.socket === null && response.req.httpVersionMajor === 1;
  const stop = (): void => {
    // Of one that is closed no more will come, and to take the listener off costs more than to leave it.
    if (!response.closed) response.off('close', gone);
  };
  if (!queued) return stop;
  const waiters = waitersOf(response.req.socket);
  waiters.add(gone);
  return () => {
    stop();
    waiters.delete(gone);
  };
}
