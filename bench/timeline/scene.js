/** One run: three backends under load, of which one is killed, one hangs and one answers 500, each for ten seconds. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { loadBalancer } from '../../dist/index.js';

/** @import { ChildProcess } from 'node:child_process' */

export const IDS = ['a', 'b', 'c'];
export const PER_SECOND = 2_000;
export const SECONDS = 55;

/** What happens when, in seconds. */
export const SCRIPT = new Map([
  [5, 'a is killed'],
  [15, 'a is started again'],
  [20, 'b hangs (SIGSTOP)'],
  [30, 'b goes on (SIGCONT)'],
  [35, 'c answers 500'],
  [45, 'c is well again'],
]);

const HEALTH = { path: '/health', interval: 1_000, timeout: 500, fall: 2, rise: 2, fastInterval: 250 };
const BREAKER = { statuses: [500, 502, 503, 504], openFor: 1_000 };
const TIMEOUTS = { connect: 500, headers: 1_000 };

/** What is switched on in which run. */
export const MODES = {
  'checks and breaker': { health: HEALTH, breaker: BREAKER },
  'breaker alone': { breaker: BREAKER },
  'checks alone': { health: HEALTH, breaker: false },
  neither: { breaker: false },
};

const script = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** @type {Set<ChildProcess>} */
const children = new Set();

function child(/** @type {string} */ name, /** @type {string[]} */ args) {
  const started = fork(script(name), args);
  children.add(started);
  started.once('exit', () => children.delete(started));
  return started;
}

async function backend(port = 0) {
  const started = child('backend.js', [`${port}`]);
  const [message] = await once(started, 'message');
  return { child: started, port: message.port };
}

/** @param {{ child: ChildProcess, port: number }[]} backends */
async function act(/** @type {number} */ second, backends) {
  const [a, b, c] = backends;
  if (second === 5) a.child.kill('SIGKILL');
  if (second === 15) Object.assign(a, await backend(a.port));
  if (second === 20) b.child.kill('SIGSTOP');
  if (second === 30) b.child.kill('SIGCONT');
  if (second === 35) c.child.send('fail');
  if (second === 45) c.child.send('work');
}

/** What a backend looks like from outside, in a word. */
function stateOf(
  /** @type {{ health: string, breaker: string, available: boolean }} */ { health, breaker, available },
) {
  if (health === 'down') return 'down';
  if (breaker !== 'closed') return breaker;
  return available ? 'up' : 'out';
}

/**
 * Runs the scene once.
 *
 * @param {keyof typeof MODES} mode
 * @param {(second: object, at: number) => void} tell called each second
 */
export async function play(mode, tell) {
  const backends = await Promise.all(IDS.map(() => backend()));
  const list = backends.map(({ port }, i) => ({ id: IDS[i] ?? '', url: `http://127.0.0.1:${port}` }));
  const lb = loadBalancer({ backends: list, timeouts: TIMEOUTS, ...MODES[mode] });
  await lb.ready();
  const server = createServer(lb).listen(0, '127.0.0.1');
  // Longer than the run: a connection that is closed as a request is sent on it is not what this is about.
  server.keepAliveTimeout = 120_000;
  await once(server, 'listening');
  const load = child('load.js', [`${server.address().port}`, `${PER_SECOND}`]);
  const seconds = [];
  let before = lb.stats().backends.map(({ total }) => total);
  for (let second = 0; second < SECONDS; second++) {
    await act(second, backends);
    const [counts] = await once(load, 'message');
    const stats = lb.stats();
    const totals = stats.backends.map(({ total }) => total);
    const { 200: ok = 0, ...errors } = counts;
    const told = {
      share: totals.map((total, i) => total - (before[i] ?? 0)),
      ok,
      errors,
      failed: Object.values(errors).reduce((sum, count) => sum + count, 0),
      states: stats.backends.map(stateOf),
    };
    seconds.push(told);
    tell(told, second);
    before = totals;
  }
  for (const each of children) each.kill('SIGKILL');
  server.close();
  server.closeAllConnections();
  await lb.close({ timeout: 0 });
  return seconds;
}
