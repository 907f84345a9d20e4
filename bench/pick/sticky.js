/**
 * What a sticky hit costs on top of the pick it replaces: `node bench/pick/sticky.js [--short]`, and before the picks in
 * `npm run bench:pick`. A short run only shows that it runs. A hit is what the request path does for a client with a pin: `find`, the question
 * whether the backend takes it, and `pin` at the commit point.
 */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { backendRecord } from '../../dist/core/backend.js';
import { systemClock } from '../../dist/core/clock.js';
import { Pool } from '../../dist/core/pool.js';
import { affinities } from '../../dist/sticky/index.js';
import { machine, median, table } from '../report.js';

/** @import { Affinity } from '../../dist/core/affinity.js' */
/** @import { Exchange } from '../../dist/core/exchange.js' */

const BACKENDS = 10;
const CLIENTS = 1024;
const SHORT = process.argv.includes('--short');
const BATCHES = SHORT ? 1 : 15;
const PER_BATCH = SHORT ? 1_000 : 40_000;

/** Microseconds that we aim to stay below. */
const KINDS = [
  { name: 'cookie', options: {}, aim: 2 },
  { name: 'cookie, dates', options: { maxIdle: '1h', maxLife: '1d' }, aim: 2 },
  { name: 'cookie, secret', options: { secret: 'a secret of thirty-two characters' }, aim: 10 },
  { name: 'cookie, secret and dates', options: { secret: 'a secret', maxIdle: '1h' }, aim: 10 },
  { name: 'cookie, second of two secrets', options: { secret: ['new', 'old'] }, signedBy: 'old', aim: 10 },
];

/** @returns {Exchange} */
function exchangeWith(/** @type {string} */ cookie) {
  const request = new IncomingMessage(new Socket());
  request.headers = { host: 'localhost', 'user-agent': 'bench', accept: '*/*', cookie };
  const client = { address: '10.1.2.3', peer: '10.1.2.3', peerTrusted: false, scheme: 'http' };
  return /** @type {Exchange} */ ({ request, client, mount: '', upgrade: undefined, requestId: undefined });
}

/** Requests of clients pinned to every backend in turn, with the cookies of an ordinary site around ours. */
function traffic(/** @type {Affinity} */ affinity, /** @type {Pool} */ pool) {
  return Array.from({ length: CLIENTS }, (_, i) => {
    const backend = pool.members[i % BACKENDS];
    const [, line = ''] = affinity.pin(exchangeWith(''), { backend, found: undefined, status: 200, headers: [] });
    return exchangeWith(`_ga=GA1.2.3.${i}; connect.sid=s%3A${'x'.repeat(60)}; ${line.split(';')[0]}; theme=dark`);
  });
}

const HEADERS = ['Content-Type', 'text/html', 'Content-Length', '5', 'Date', 'Thu, 01 Jan 1970 00:00:00 GMT'];

function hits(/** @type {Affinity} */ affinity, /** @type {Pool} */ pool, /** @type {Exchange[]} */ exchanges) {
  let lines = 0;
  for (let i = 0; i < PER_BATCH; i++) {
    const exchange = exchanges[i & (CLIENTS - 1)];
    const found = affinity.find(exchange, pool);
    if (typeof found !== 'object' || !pool.acceptsPinned(found, [])) throw new Error('no hit');
    lines += affinity.pin(exchange, { backend: found, found, status: 200, headers: HEADERS }).length;
  }
  return lines;
}

/** Microseconds a hit. */
export function stickyHits() {
  return KINDS.map(({ name, options, signedBy, aim }) => {
    const inputs = Array.from({ length: BACKENDS }, (_, i) => ({ url: `http://10.0.0.${i}:3000` }));
    const pool = new Pool(inputs.map(backendRecord));
    const environment = {
      balancer: 'bench',
      backends: () => pool.members.map(({ id }) => id),
      clock: systemClock,
      warn: () => {},
      threw: () => {},
    };
    const affinity = affinities.cookie.create(options, environment);
    const signer = signedBy === undefined ? affinity : affinities.cookie.create({ secret: signedBy }, environment);
    const exchanges = traffic(signer, pool);
    for (let i = 0; i < 5; i++) hits(affinity, pool, exchanges);
    const times = Array.from({ length: BATCHES }, () => {
      const since = performance.now();
      hits(affinity, pool, exchanges);
      return ((performance.now() - since) / PER_BATCH) * 1000;
    });
    return { name, us: median(times), least: Math.min(...times), most: Math.max(...times), aim };
  });
}

/** The figures, as a table. */
export function stickyReport() {
  const rows = stickyHits().map(({ name, us, least, most, aim }) => [
    name,
    us.toFixed(2),
    `${least.toFixed(2)}-${most.toFixed(2)}`,
    `< ${aim}`,
  ]);
  const head = ['sticky hit', 'us', '(min-max)', 'aim'];
  return `Microseconds a sticky hit costs, at ${BACKENDS} backends. ${machine()}\n\n${table(head, rows)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(stickyReport());
