import { createServer, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineSpec, type LoadBalancer, loadBalancer } from 'fairlead';
import { Backend } from './backend.js';
import { HANG, play, type Script, type Seen } from './client.js';
import { MARK, markMaker } from './marks.js';
import { answerText, honest, type Plan, type Request } from './messages.js';
import { clientProblems } from './verdict.js';
import { answersIn } from './wire.js';

/** Clients that come at once, and what the backend does to each of their requests. */
export interface Case {
  readonly clients: readonly Script[];
  readonly plans: readonly Plan[];
}

/** Short, and yet far above what a busy machine needs for an answer. */
const LIMIT = 400;
/** Node's own end a connection without a word once an answer has begun: these are not to be met by a busy machine. */
const PATIENCE = 1_200;
const SERVER = {
  ...{ requestTimeout: PATIENCE, headersTimeout: PATIENCE },
  ...{ connectionsCheckingInterval: 50, keepAliveTimeout: 200 },
};

const PROBE: Request = {
  method: 'GET',
  target: `/${MARK}`,
  version: '1.1',
  lines: [],
  body: '',
  framing: 'none',
  chunk: 1,
};
const PROBES: Script = {
  requests: [PROBE, { ...PROBE, method: 'POST', body: `${MARK} sent`, framing: 'counted' }],
  ...{ mutations: [], cut: undefined, pace: { cuts: [], pause: 0 }, end: 'wait' },
};

async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Waits until it holds; @returns whether it ever did */
async function soon(holds: () => boolean, turn = 5): Promise<boolean> {
  for (const until = performance.now() + HANG; performance.now() < until; await sleep(turn)) if (holds()) return true;
  return holds();
}

function listenersOf(server: Server): string {
  return server
    .eventNames()
    .map((name) => `${String(name)} ${server.listenerCount(name)}`)
    .sort()
    .join();
}

/** One balancer of its own, between one server and one backend. */
class Lane {
  readonly problems: string[] = [];
  readonly #marks = markMaker();
  readonly #plans = new Map<string, Plan>();
  readonly #backend = new Backend((mark) => this.#plans.get(mark));
  readonly #server = createServer(SERVER);
  #lb: LoadBalancer | undefined;
  #port = 0;
  /** Requests that ran into a timeout of ours. */
  #timedOut = 0;
  #next = 0;

  async start(engine: EngineSpec): Promise<void> {
    const backend = `http://127.0.0.1:${await listening(this.#backend.server)}`;
    const timeouts = { connect: HANG, headers: LIMIT, idle: LIMIT, tunnel: LIMIT };
    // A breaker would keep later requests from a backend that has done its worst.
    const lb = loadBalancer({ engine, backends: [backend], timeouts, breaker: false });
    this.#lb = lb;
    lb.on('request', ({ code }) => {
      if (code?.endsWith('_TIMEOUT') === true) this.#timedOut++;
    });
    this.#server.on('request', lb).on('upgrade', lb.upgrade);
    this.#port = await listening(this.#server);
  }

  async run({ clients, plans }: Case): Promise<void> {
    const before = listenersOf(this.#server);
    await Promise.all(clients.map((script) => this.#client(script, plans)));
    await this.#settled();
    for (let attempt = 1; !(await this.#probed(attempt === 3)) && attempt < 3; attempt++);
    await this.#settled();
    this.problems.push(...this.#backend.violations);
    const busy = this.#backend.busy;
    if (busy.length > 0) this.problems.push(`connections to the backend that are not idle: ${busy}`);
    if (listenersOf(this.#server) !== before) this.problems.push('listeners were left on the server');
  }

  async close(): Promise<void> {
    await this.#lb?.close({ timeout: 0 });
    if (!(await soon(() => this.#backend.open === 0))) this.problems.push('closing leaves connections to the backend');
    this.#backend.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #client(script: Script, plans: readonly Plan[]): Promise<void> {
    const used = script.requests.map((_, i) => plans[(this.#next + i) % plans.length] ?? honest);
    const { seen, marks } = await this.#play(script, used);
    const received = this.#backend.received.filter(({ mark }) => marks.includes(mark));
    this.problems.push(...clientProblems({ script, plans: used, marks, seen, received, timedOut: this.#timedOut > 0 }));
  }

  async #play(script: Script, plans: readonly Plan[]): Promise<{ seen: Seen; marks: string[] }> {
    const marks = script.requests.map(() => this.#marks(this.#next++));
    for (const [i, mark] of marks.entries()) this.#plans.set(mark, plans[i] ?? honest);
    const seen = await play(this.#port, script, marks);
    this.problems.push(...seen.violations);
    return { seen, marks };
  }

  /** Everything is over that was begun. */
  async #settled(): Promise<void> {
    const isIdle = (): boolean => {
      const { active, upgrades } = this.#lb?.stats().requests ?? { active: 0, upgrades: 0 };
      return active === 0 && upgrades === 0 && this.#backend.writing === 0 && this.#backend.busy.length === 0;
    };
    if (await soon(isIdle)) await sleep(2);
    else this.problems.push(`still active: ${JSON.stringify(this.#lb?.stats().requests)}, ${this.#backend.busy}`);
  }

  /**
   * Two requests that nobody touches, on whatever connections are kept. A slow machine may let one run into a timeout,
   * which says nothing.
   */
  async #probed(last: boolean): Promise<boolean> {
    const before = this.#timedOut;
    const { seen, marks } = await this.#play(PROBES, [honest, honest]);
    const { list } = seen.answers;
    if (!last && (this.#timedOut > before || list.some(({ status }) => status === 408))) return false;
    const expected = marks.map((mark) => answersIn(answerText(honest, 'GET', mark).text, ['GET'], undefined));
    const right = expected.every(({ list: [want] }, i) => list[i]?.status === 200 && list[i]?.body === want?.body);
    if (!right || list.length !== 2) this.problems.push(`a probe was answered with ${JSON.stringify(seen.text)}`);
    return true;
  }
}

/** Plays a case through on a balancer of its own. @returns what was wrong */
export async function problemsOf(engine: EngineSpec, one: Case): Promise<string[]> {
  const lane = new Lane();
  await lane.start(engine);
  try {
    await lane.run(one);
  } finally {
    await lane.close();
  }
  return lane.problems;
}
