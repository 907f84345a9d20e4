import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Closes a connection once what was written to it has left. It may be no socket: Node 26 wraps that of an upgrade. */
export function closeSoon(connection: Duplex): void {
  if (connection instanceof Socket) connection.destroySoon();
  else connection.end(() => connection.destroy());
}
