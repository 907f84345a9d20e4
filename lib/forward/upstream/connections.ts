import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Backend } from '../../core/backend.js';
import type { Connections, TlsOptions } from '../../core/engine.js';

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

/** An agent of one backend, and what became of its connections. */
export class BackendAgent {
  readonly http: HttpAgent;
  opened = 0;
  /** Requests over a connection that had carried another before. */
  reused = 0;

  constructor(http: HttpAgent) {
    this.http = http;
  }

  get connections(): Connections {
    const { opened, reused } = this;
    const idle = socketsIn(this.http.freeSockets);
    return { open: socketsIn(this.http.sockets) + idle, idle, opened, reused };
  }
}

/** Those that stand. */
function socketsIn(lists: NodeJS.ReadOnlyDict<readonly Duplex[]>): number {
  return Object.values(lists).reduce((sum, list = []) => sum + list.filter((each) => established.has(each)).length, 0);
}

/** Those of several agents of one backend; undefined of none. */
export function together(...all: readonly (Connections | undefined)[]): Connections | undefined {
  return all.reduce((sum, each) => {
    if (sum === undefined || each === undefined) return sum ?? each;
    return {
      open: sum.open + each.open,
      idle: sum.idle + each.idle,
      opened: sum.opened + each.opened,
      reused: sum.reused + each.reused,
    };
  }, undefined);
}

/** Connections to one backend, kept alive unless told otherwise: without them each request would pay for its own. */
export function backendAgent(backend: Backend, tls: TlsOptions, keepAlive: boolean): BackendAgent {
  const agent =
    backend.url.protocol === 'https:' ? new HttpsAgent({ ...tls, keepAlive }) : new HttpAgent({ keepAlive });
  Object.assign(agent, ONE_KIND);
  const counted = new BackendAgent(agent);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (target, callback) => {
    const socket = connect(target, callback);
    socket?.once(readyEvent(backend), () => {
      established.add(socket);
      counted.opened++;
    });
    return socket;
  };
  return counted;
}
