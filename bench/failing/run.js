/**
 * Backends that fail under load, counted:
 *
 *     npm run failing -- [--scenario kill|stop|rolling|all] [--engine http-proxy|undici|both] [--seconds 10]
 *                        [--connections 200] [--json]
 *
 * Three backends, each its own process; of the requests a quarter are POSTs. Options are the defaults, but where it says so.
 *
 * - `kill`: every second one is killed (SIGKILL) and comes back 300 ms later. No GET fails, and no POST is carried out
 *   twice. A POST that was on its way to the one that died fails with 502: it may have been carried out.
 * - `stop`: every two seconds one is stopped (SIGSTOP) for 1.5 s, with `retry: { perTry: '1s' }`: by default its requests
 *   would wait for it. The same is asked of it.
 * - `rolling`: one after the other is drained, ended with SIGTERM and started again. Nothing fails at all.
 *
 * Fails (exit 1) where that does not hold.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadBalancer } from '../../dist/index.js';
import { Fleet } from './fleet.js';
import { traffic } from './traffic.js';

/** @import { LoadBalancer } from '../../dist/index.js' */

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'all' },
    engine: { type: 'string', default: 'both' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
if (!(seconds >= 1) || !(connections >= 1)) throw new Error('--seconds and --connections: a number of at least 1');

/**
 * Members in turn, one each so many milliseconds, until the time is up; on a machine that is busy, until each connection
 * has come to five requests or so, which takes a minute at most.
 */
async function inTurn(
  /** @type {Fleet} */ fleet,
  /** @type {LoadBalancer} */ lb,
  /** @type {number} */ every,
  /** @type {(member: Fleet['members'][number]) => Promise<void>} */ fell,
) {
  const end = performance.now() + seconds * 1_000;
  const few = () => lb.stats().requests.total < 5 * connections && performance.now() < end + 60_000;
  for (let i = 0; performance.now() < end || few(); i++) {
    const member = fleet.members[i % fleet.members.length];
    const since = performance.now();
    if (member !== undefined) await fell(member);
    await sleep(Math.max(0, every - (performance.now() - since)));
  }
}

/** @type {Record<string, { retry: object, mayFail: boolean, run(fleet: Fleet, lb: LoadBalancer): Promise<void> }>} */
const scenarios = {
  kill: {
    retry: {},
    mayFail: true,
    run: (fleet, lb) =>
      inTurn(fleet, lb, 1_000, async (member) => {
        await member.end('SIGKILL');
        await sleep(300);
        await member.start();
      }),
  },
  stop: {
    retry: { perTry: '1s' },
    mayFail: true,
    run: (fleet, lb) =>
      inTurn(fleet, lb, 2_000, async (member) => {
        member.signal('SIGSTOP');
        await sleep(1_500);
        member.signal('SIGCONT');
      }),
  },
  rolling: {
    retry: {},
    mayFail: false,
    async run(fleet, lb) {
      await sleep(500);
      for (const [i, member] of fleet.members.entries()) {
        const backend = lb.backends[i];
        if (backend === undefined) continue;
        lb.setState(backend.id, 'drain');
        while (backend.active > 0) await sleep(5);
        await member.end('SIGTERM');
        await member.start();
        lb.setState(backend.id, 'ready');
        await sleep(300);
      }
    },
  },
};

async function measure(/** @type {string} */ name, /** @type {'http-proxy' | 'undici'} */ engine) {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`--scenario ${name}: ${Object.keys(scenarios).join(', ')} or all`);
  const fleet = new Fleet();
  const backends = await fleet.start();
  const lb = loadBalancer({ backends, engine, retry: scenario.retry });
  const server = createServer((request, response) => lb(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const over = new AbortController();
  const counting = traffic(
    /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    connections,
    over.signal,
  );
  await scenario.run(fleet, lb);
  over.abort();
  const { GET, POST, done } = await counting;
  const { requests, retries } = lb.stats();
  const carriedOut = fleet.posts();
  server.close();
  await lb.close();
  await fleet.stop();
  const doubled = [...carriedOut.values()].filter((times) => times > 1).length;
  const lost = [...done].filter((id) => !carriedOut.has(id)).length;
  const good = GET.failed === 0 && doubled === 0 && lost === 0 && (scenario.mayFail || POST.failed === 0);
  const { retried, active } = requests;
  return { scenario: name, engine, GET, POST, doubled, lost, retried, active, ...retries, good };
}

const names = values.scenario === 'all' ? Object.keys(scenarios) : [values.scenario];
const engines = /** @type {const} */ (['http-proxy', 'undici']).filter((name) =>
  ['both', name].includes(values.engine),
);
for (const name of names) {
  for (const engine of engines) {
    const found = await measure(name, engine);
    if (!found.good) process.exitCode = 1;
    if (values.json) console.log(JSON.stringify(found));
    else {
      const { GET, POST, doubled, retried, budgetExhausted, good } = found;
      console.log(
        `${name}, ${engine}: ${GET.asked} GETs, ${GET.failed} failed; ${POST.asked} POSTs, ${POST.failed} failed, ` +
          `${doubled} doubled; ${retried} retries, ${budgetExhausted} over budget: ${good ? 'good' : 'BAD'}`,
      );
      if (GET.failed + POST.failed > 0) console.log(`  ${JSON.stringify({ GET: GET.why, POST: POST.why })}`);
    }
  }
}
