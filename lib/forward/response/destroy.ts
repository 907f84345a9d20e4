import type { ServerResponse } from 'node:http';

/**
 * Ends a response, and with it the client's connection (of HTTP/2: the stream).
 *
 * One that waits behind others on its connection (pipelining) has no socket yet. Node 20 and 22 end the connection when
 * its turn comes; from Node 24 on `destroy` forgets about it, and the client would wait on an open connection for ever.
 */
export function destroyResponse(response: ServerResponse, error?: Error): void {
  const waits = response.socket === null && response.req.httpVersionMajor === 1;
  if (waits && !response.destroyed) response.once('socket', (socket) => socket.destroy());
  response.destroy(error);
}
