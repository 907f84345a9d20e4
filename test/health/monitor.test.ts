import { describe, expect, it } from 'vitest';
import { type BackendRecord, backendRecord } from '../../lib/core/backend.js';
import { Monitor } from '../../lib/health/monitor.js';
import { settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';
import { timing } from '../support/timing.js';

function house(size = 2) {
  const clock = new FakeClock();
  const told: string[] = [];
  const bad = new Set<string>();
  const began = new Map<string, number[]>();
  let running = 0;
  let most = 0;
  /** How long each check takes. */
  const takes = { ms: 0 };
  const heard = { check: (_backend: BackendRecord): void => {} };
  const monitor = new Monitor({
    timing,
    clock,
    random: seededRandom(7),
    checkOf:
      ({ id }) =>
      (signal) =>
        new Promise((resolve, reject) => {
          began.set(id, [...(began.get(id) ?? []), clock.now()]);
          most = Math.max(most, ++running);
          const end = (): void => {
            running--;
            resolve(bad.has(id) ? { ok: false, error: 'ill' } : { ok: true, report: { id } });
          };
          signal.addEventListener('abort', () => reject(signal.reason));
          if (takes.ms === 0) end();
          else clock.after(takes.ms, end);
        }),
    onCheck: (backend) => heard.check(backend),
    onHealth: ({ id }, health, reason) => told.push(`${id} ${health}: ${reason}`),
  });
  const members = Array.from({ length: size }, (_, i) =>
    backendRecord({ url: 'http://10.0.0.1:3000', id: String.fromCharCode(97 + i) }),
  );
  const pass = async (ms: number, step = 100): Promise<void> => {
    for (let at = 0; at < ms; at += step) {
      clock.advance(step);
      await settled();
    }
  };
  return {
    clock,
    monitor,
    told,
    bad,
    began,
    members: members as [BackendRecord, BackendRecord],
    pass,
    takes,
    heard,
    most: () => most,
  };
}

describe('a monitor', () => {
  it('tells of changes alone, with their reasons', async () => {
    const { monitor, told, bad, members, pass } = house();
    for (const backend of members) monitor.watch(backend);
    await pass(15_000);
    expect(told.splice(0).sort()).toEqual(['a up: a check passed', 'b up: a check passed']);
    bad.add('a');
    await pass(30_000);
    expect(told.splice(0)).toEqual(['a down: 3 checks in a row failed, the last: ill']);
    bad.clear();
    await pass(30_000);
    expect(told).toEqual(['a up: 2 checks in a row passed']);
    expect(monitor.facts(members[0])).toMatchObject({ lastCheck: { ok: true }, report: { id: 'a' } });
  });

  it('says nothing more of one that is taken out by who hears of its check', async () => {
    const { monitor, told, bad, members, pass, heard } = house();
    bad.add('a');
    heard.check = ({ id }) => {
      if (id === 'a' && monitor.facts(members[0])?.lastCheck.ok === false) monitor.unwatch(members[0]);
    };
    for (const backend of members) monitor.watch(backend);
    await pass(60_000);
    expect(told).toEqual(['b up: a check passed']);
  });

  it('is ready when everybody has been checked once, whatever came of it', async () => {
    const { monitor, bad, members, pass, takes } = house();
    takes.ms = 300;
    bad.add('a');
    await monitor.ready();
    let ready = false;
    for (const backend of members) monitor.watch(backend);
    void monitor.ready().then(() => {
      ready = true;
    });
    await pass(200);
    expect(ready).toBe(false);
    await pass(200);
    expect(ready).toBe(true);
  });

  it('does not keep anybody waiting for one that has left, or when it is closed', async () => {
    const { clock, monitor, members, takes } = house();
    takes.ms = 300;
    const [a, b] = members;
    monitor.watch(a);
    const first = monitor.ready();
    monitor.unwatch(a);
    await first;
    monitor.watch(b);
    const second = monitor.ready();
    monitor.close();
    await second;
    monitor.watch(a);
    await monitor.ready();
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  it('spreads hundreds of backends over the interval, with bounded concurrency', async () => {
    const { monitor, began, members, pass, takes, most } = house(300);
    takes.ms = 20;
    for (const backend of members) monitor.watch(backend);
    await pass(60_000, 10);
    expect(most()).toBeLessThanOrEqual(64);
    const last = [...began.values()].map((times) => times.at(-1) ?? 0);
    // 300 backends in 20 slots of an interval: 15 each by even spread; no slot has a third of them.
    const slots = new Map<number, number>();
    for (const at of last)
      slots.set(Math.floor((at % 10_000) / 500), (slots.get(Math.floor((at % 10_000) / 500)) ?? 0) + 1);
    expect(Math.max(...slots.values())).toBeLessThan(100);
    for (const times of began.values()) expect(times.length).toBeGreaterThanOrEqual(6);
  });
});
