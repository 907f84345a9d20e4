import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Backend } from '../../core/backend.js';
import type { TlsOptions } from '../../core/engine.js';

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

/** An agent of one backend has one kind of connection: no need to spell out its address and TLS for each request. */
const ONE_KIND = { getName: () => 'backend' };

/** Connections to one backend, kept alive unless told otherwise: without them each request would pay for its own. */
export function backendAgent(backend: Backend, tls: TlsOptions, keepAlive: boolean): HttpAgent {
  const agent =
    backend.url.protocol === 'https:' ? new HttpsAgent({ ...tls, keepAlive }) : new HttpAgent({ keepAlive });
  Object.assign(agent, ONE_KIND);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target, callback) => {
    const socket = connect(target, callback);
    socket?.once(readyEvent(backend), () => established.add(socket));
    return socket;
  };
  return agent;
}
