import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

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

/**
 * Calls `gone` when a response's connection has closed, which a response that is whole also ends with. Node tells only
 * the response whose turn it is; one that waits behind others (pipelining) has to ask the socket.
 *
 * @returns a function that ends the waiting
 */
export function whenClosed(response: ServerResponse, gone: () => void): () => void {
  response.once('close', gone);
  const queued = response.socket === null && response.req.httpVersionMajor === 1;
  if (!queued) return () => response.off('close', gone);
  const waiters = waitersOf(response.req.socket);
  waiters.add(gone);
  return () => {
    response.off('close', gone);
    waiters.delete(gone);
  };
}
