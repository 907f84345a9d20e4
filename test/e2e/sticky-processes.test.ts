import type { BackendInput, LoadBalancerOptions } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { appProcess, sessionBackend } from '../support/app-process.js';
import { ask } from '../support/client.js';

/** A browser, as far as cookies go. */
class Visitor {
  readonly #cookies = new Map<string, string>();
  /** Names of the cookies that the last answer has set. */
  set: string[] = [];

  /** One visit: which backend answered, and how many visits of this session it remembers. */
  async visit(port: number): Promise<{ status: number; by: string; visits: number }> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const { status, text, headers } = await ask(port, { headers: cookie === '' ? {} : { cookie } });
    const pairs = (headers['set-cookie'] ?? []).map((line) => (line.split(';')[0] ?? '').split(/=(.*)/s));
    this.set = pairs.map(([name = '']) => name);
    for (const [name = '', value = ''] of pairs) this.#cookies.set(name, value);
    return { status, ...(status === 200 ? JSON.parse(text) : { by: '', visits: 0 }) };
  }
}

async function backends(...names: string[]) {
  const running = await Promise.all(names.map((name) => sessionBackend(name)));
  const inputs: BackendInput[] = running.map(({ url }, i) => ({ url, ...(i % 2 === 0 && { id: names[i] }) }));
  const kill = new Map(names.map((name, i) => [name, () => running[i]?.kill()]));
  return { inputs, kill };
}

const STICKY: readonly [string, LoadBalancerOptions['sticky']][] = [
  ['the default', true],
  ['a secret and dates', { by: 'cookie', secret: ['new', 'old'], maxIdle: '30m', maxLife: '1d' }],
];

describe.each(STICKY)('with %s', (_what, sticky) => {
  test('cookies of before a restart reach the same backends, in whatever order these are listed then', async () => {
    const { inputs } = await backends('a', 'b', 'c');
    const options: LoadBalancerOptions = { backends: inputs, sticky, strategy: 'round-robin' };
    const before = await appProcess(options);
    const visitors = Array.from({ length: 9 }, () => new Visitor());
    const homes = await Promise.all(visitors.map((visitor) => visitor.visit(before.port)));
    expect(new Set(homes.map(({ by }) => by))).toEqual(new Set(['a', 'b', 'c']));
    await before.kill();
    const after = await appProcess({ ...options, backends: inputs.toReversed() });
    for (const [i, visitor] of visitors.entries()) {
      expect(await visitor.visit(after.port)).toEqual({ status: 200, by: homes[i]?.by, visits: 2 });
      expect(visitor.set).not.toContain('fairlead.default');
    }
    expect((await after.stats()).sticky).toMatchObject({ hits: 9, assigned: 0, lost: 0, ignored: 0 });
  });

  test('a cookie of one instance is good at the other', async () => {
    const { inputs } = await backends('a', 'b', 'c');
    const options: LoadBalancerOptions = { backends: inputs, sticky, strategy: 'random' };
    const instances = await Promise.all([appProcess(options), appProcess(options)]);
    const visitors = Array.from({ length: 10 }, () => new Visitor());
    for (const visitor of visitors) {
      const { by } = await visitor.visit(instances[0].port);
      for (let i = 1; i < 6; i++) {
        expect(await visitor.visit(instances[i % 2]?.port ?? 0)).toEqual({ status: 200, by, visits: i + 1 });
      }
    }
  });
});

test('a drained backend loses no session, and takes no new one', async () => {
  const { inputs } = await backends('a', 'b', 'c');
  const app = await appProcess({ backends: inputs, sticky: true, strategy: 'round-robin' });
  const visitors = Array.from({ length: 12 }, () => new Visitor());
  const homes = await Promise.all(visitors.map((visitor) => visitor.visit(app.port)));
  await app.setState('a', 'drain');
  for (let round = 2; round < 8; round++) {
    const again = await Promise.all(visitors.map((visitor) => visitor.visit(app.port)));
    expect(again).toEqual(homes.map(({ by }) => ({ status: 200, by, visits: round })));
    const fresh = await Promise.all([1, 2, 3].map(() => new Visitor().visit(app.port)));
    expect(fresh.map(({ by }) => by)).not.toContain('a');
  }
  const { sticky, backends: after } = await app.stats();
  expect(sticky).toMatchObject({ hits: 72, assigned: 30, lost: 0, rejected: 0 });
  expect(after.find(({ id }) => id === 'a')?.sticky).toMatchObject({ hits: 24, assigned: 4, lost: 0 });
});

test('a drained backend loses no session before its deadline, and past it nobody comes', async () => {
  const { inputs, kill } = await backends('a', 'b', 'c');
  const app = await appProcess({ backends: inputs, sticky: true, strategy: 'round-robin' });
  const visitors = Array.from({ length: 6 }, () => new Visitor());
  const homes = await Promise.all(visitors.map((visitor) => visitor.visit(app.port)));
  const { report } = await app.drain('a', { timeout: '1h' });
  for (let round = 2; round < 5; round++) {
    const again = await Promise.all(visitors.map((visitor) => visitor.visit(app.port)));
    expect(again).toEqual(homes.map(({ by }) => ({ status: 200, by, visits: round })));
  }
  expect((await app.stats()).sticky).toMatchObject({ lost: 0 });
  await app.drain('a', { timeout: 0 });
  expect(await report).toMatchObject({ requests: { ended: 6, cut: 0 }, streams: { cut: 0 } });
  // It can be stopped: nobody notices.
  await kill.get('a')?.();
  const after = await Promise.all(visitors.map((visitor) => visitor.visit(app.port)));
  expect(after.map(({ status }) => status)).toEqual(visitors.map(() => 200));
  expect(after.map(({ by }) => by)).not.toContain('a');
  const { sticky, backends: stats } = await app.stats();
  expect(sticky).toMatchObject({ lost: 2, rejected: 0 });
  expect(stats[0]).toMatchObject({ id: 'a', state: 'drain', failed: 0 });
});

test('a backend that dies loses its sessions: they begin anew elsewhere, or are refused', async () => {
  const { inputs, kill } = await backends('a', 'b', 'c');
  const moving = await appProcess({ backends: inputs, sticky: true });
  const strict = await appProcess({ backends: inputs, sticky: { by: 'cookie', onLost: 'reject' } });
  const [mover, stayer] = [new Visitor(), new Visitor()];
  const [first, second] = [await mover.visit(moving.port), await stayer.visit(strict.port)];
  for (const name of new Set([first.by, second.by])) await kill.get(name)?.();
  const moved = await mover.visit(moving.port);
  expect(moved).toMatchObject({ status: 200, visits: 1 });
  expect(moved.by).not.toBe(first.by);
  expect(mover.set).toContain('fairlead.default');
  expect(await mover.visit(moving.port)).toEqual({ status: 200, by: moved.by, visits: 2 });
  expect(await stayer.visit(strict.port)).toMatchObject({ status: 503 });
  expect(stayer.set).toEqual([]);
  expect((await moving.stats()).sticky).toMatchObject({ lost: 1, rejected: 0 });
  expect((await strict.stats()).sticky).toMatchObject({ lost: 0, rejected: 1 });
});
