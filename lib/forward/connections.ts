import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Backend } from '../core/backend.js';

/**
 * Connections on which a request could be sent: TCP and, with https, TLS are through. Until then nothing of a request
 * has left this process.
 */
const established = new WeakSet<Duplex>();

function readyEvent(backend: Backend): 'connect' | 'secureConnect' {
  return backend.url.protocol === 'https:' ? 'secureConnect' : 'connect';
}

/** Calls `then` once the connection stands: at once for one that was used before. */
export function whenEstablished(socket: Duplex, backend: Backend, then: () => void): void {
  if (established.has(socket)) then();
  else socket.once(readyEvent(backend), then);
}

/** Keep-alive connections to one backend: without them each request would pay for a connection of its own. */
export function keepAliveAgent(backend: Backend): HttpAgent {
  const options = { keepAlive: true };
  const agent = backend.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target, callback) => {
    const socket = connect(target, callback);
    socket?.once(readyEvent(backend), () => established.add(socket));
    return socket;
  };
  return agent;
}
