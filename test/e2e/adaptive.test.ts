import { createServer, type ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { type Listening, listen } from '../support/listen.js';

const WORKERS = 4;
const SERVICE = 25;
const CLIENTS = 100;

/** A backend that works on four requests at a time, 25 ms each; the rest wait in it, first come, first served. */
async function workersOrigin(): Promise<Listening & { readonly most: () => number }> {
  const backlog: ServerResponse[] = [];
  let busy = 0;
  let most = 0;
  const work = (): void => {
    const response = busy < WORKERS ? backlog.shift() : undefined;
    if (response === undefined) return;
    busy++;
    setTimeout(() => {
      busy--;
      response.end('done');
      work();
    }, SERVICE);
  };
  const server = createServer((_request, response) => {
    backlog.push(response);
    most = Math.max(most, busy + backlog.length);
    work();
  });
  server.keepAliveTimeout = 0;
  return { ...(await listen(server)), most: () => most };
}

/** So many clients, each with so many requests one after another: the statuses they get. */
async function crowd(port: number, clients: number, each: number): Promise<number[]> {
  const one = async (): Promise<number[]> => {
    const statuses: number[] = [];
    for (let i = 0; i < each; i++) statuses.push((await ask(port)).status);
    return statuses;
  };
  return (await Promise.all(Array.from({ length: clients }, one))).flat();
}

describe.each(engineNames)('limits.adaptive over %s', (engine) => {
  const { front } = through(engine);

  test('many times more than a backend can do at once wait here, not there, and nobody is refused', async () => {
    const origin = await workersOrigin();
    const { port, lb } = await front({
      backends: [origin.url],
      limits: { adaptive: true, queue: { size: CLIENTS, timeout: '60s' } },
    });
    // It is measured in peace, so that what a test on a busy machine costs at its start is no latency without load.
    expect(new Set(await crowd(port, 3, 18))).toEqual(new Set([200]));
    expect(await crowd(port, CLIENTS, 3)).toEqual(new Array(CLIENTS * 3).fill(200));
    expect(origin.most()).toBeGreaterThan(3);
    // Some three times the workers is usual; a machine that stutters while it measures makes it more. Without: all of them.
    expect(origin.most()).toBeLessThanOrEqual(CLIENTS / 2);
    const [backend] = lb.stats().backends;
    expect(backend?.limit).toBeGreaterThanOrEqual(3);
    expect(lb.stats().queue).toMatchObject({ waiting: 0, timedOut: 0, rejected: 0 });
  });

  test('without a queue the rest get 503 with retry-after', async () => {
    const origin = await workersOrigin();
    const { port, lb } = await front({ backends: [{ url: origin.url, id: 'a' }], limits: { adaptive: true } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port)));
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(20);
    expect(new Set(refused.map(({ headers }) => headers['retry-after']))).toEqual(new Set(['1']));
    expect([refused.length > 0, origin.most() <= 3]).toEqual([true, true]);
    expect(lb.stats().backends[0]).toMatchObject({ limit: 3, active: 0 });
  });
});
