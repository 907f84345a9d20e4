/**
 * A steady load: so many requests a second whether or not the ones before have been answered. Tells its parent each
 * second what came of those that ended. `node load.js <port> <requests a second>`
 */
import { Agent, request } from 'node:http';

const [port, perSecond] = process.argv.slice(2).map(Number);
const TICK = 5;
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
/** @type {Record<string, number>} */
let counts = {};

function count(/** @type {string} */ what) {
  counts[what] = (counts[what] ?? 0) + 1;
}

function send() {
  const asked = request({ port, host: '127.0.0.1', path: '/', agent }, (response) => {
    response.resume();
    response.on('end', () => count(String(response.statusCode)));
    response.on('error', () => count('broken'));
  });
  asked.on('error', () => count('broken'));
  asked.end();
}

const began = performance.now();
let sent = 0;
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * perSecond;
  for (; sent < due; sent++) send();
}, TICK);
setInterval(() => {
  process.send?.(counts);
  counts = {};
}, 1_000);
process.once('disconnect', () => process.exit());
