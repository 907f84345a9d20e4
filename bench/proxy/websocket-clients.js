/**
 * Opens WebSockets by hand and keeps them idle: asked for a number, it tells the parent how many it then has open; asked
 * for 0, it closes them all. `node websocket-clients.js <port>`
 */
import { once } from 'node:events';
import { connect } from 'node:net';

process.once('disconnect', () => process.exit());

/** Fewer than any listen queue holds. */
const AT_ONCE = 64;
const ANSWER_MS = 10_000;

const port = Number(process.argv[2]);
const HANDSHAKE = `GET /live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

/** @type {Set<import('node:net').Socket>} */
const open = new Set();

async function openOne() {
  const socket = connect(port, '127.0.0.1');
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    await once(socket, 'connect', { signal });
    socket.write(HANDSHAKE);
    const [answer] = await once(socket, 'data', { signal });
    if (!`${answer}`.startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket but ${answer}`);
  } catch {
    socket.on('error', () => {}).destroy();
    return;
  }
  open.add(socket);
  socket.on('error', () => {}).once('close', () => open.delete(socket));
}

async function openUpTo(/** @type {number} */ count) {
  let left = count - open.size;
  const worker = async () => {
    while (left-- > 0) await openOne();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function closeAll() {
  await Promise.all([...open].map((socket) => once(socket.destroy(), 'close')));
}

process.on('message', async (count) => {
  await (count === 0 ? closeAll() : openUpTo(Number(count)));
  process.send?.(open.size);
});
process.send?.('ready');
