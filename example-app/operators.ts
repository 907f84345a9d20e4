import type { IncomingMessage } from 'node:http';

const HERE = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const NAMES = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether a request was made on this machine: who may act on the dashboard. The name it was made under counts too, for a
 * page from elsewhere can have its own name lead here (DNS rebinding). Behind a proxy on this machine everybody comes from
 * here: there, as in any real app, ask who it is (a session, a client certificate).
 */
export function fromThisMachine({ socket, headers }: IncomingMessage): boolean {
  return HERE.has(socket.remoteAddress ?? '') && NAMES.test(headers.host ?? '');
}
