import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { backendRecord } from '../../lib/core/backend.js';
import { foremost, withoutRoom } from '../../lib/core/eligibility.js';
import { Pool } from '../../lib/core/pool.js';

const NO_LIMIT = Number.POSITIVE_INFINITY;

function backend(id: string, members: object = {}): BackendRecord {
  return backendRecord({ url: `http://${id}`, id, ...members });
}

function take(pool: Pool, one: BackendRecord, count = 1): void {
  one.active += count;
  pool.recount(one);
}

describe('room', () => {
  it.each([
    [{ active: 9 }, NO_LIMIT, undefined],
    [{ active: 1 }, 2, undefined],
    [{ active: 2 }, 2, 'full'],
    [{ active: 3 }, 2, 'full'],
    [{ active: 2, maxConnections: 3 }, 2, undefined],
    [{ active: 2, maxConnections: 1 }, 9, 'full'],
    [{ active: 2, concurrency: 2 }, NO_LIMIT, 'full'],
    // An upgraded socket takes a place of maxConnections, and none of what adapts to latency.
    [{ active: 2, upgrades: 2, concurrency: 2 }, NO_LIMIT, undefined],
    [{ active: 2, upgrades: 2 }, 2, 'full'],
    [{ active: 0, spent: true }, NO_LIMIT, 'rate'],
    [{ active: 2, spent: true }, 2, 'full'],
  ])('%j with a limit of %d: %s', (fields, most, expected) => {
    expect(withoutRoom(Object.assign(backend('a'), fields), most)).toBe(expected);
  });
});

describe('a pool with limits', () => {
  it('leaves out who is full, until there is room again', () => {
    const [a, b] = [backend('a'), backend('b', { maxConnections: 2 })];
    const pool = new Pool([a, b], { maxConnections: 1 });
    take(pool, a);
    expect(pool.available()).toEqual([b]);
    expect([pool.leftOut(a), pool.isAvailable(a), pool.acceptsPinned(a, [])]).toEqual(['full', false, false]);
    expect([pool.isBusy(a), pool.isBusy(b), pool.busy([]), pool.busy([a])]).toEqual([true, false, true, false]);
    take(pool, b, 2);
    expect(pool.available()).toEqual([]);
    expect(pool.leftOut(b)).toBe('full');
    take(pool, a, -1);
    expect(pool.available()).toEqual([a]);
    expect(pool.leftOut(a)).toBeUndefined();
  });

  it('keeps its lineup, whoever fills and empties', () => {
    const members = [backend('a'), backend('b')] as const;
    const pool = new Pool(members, { maxConnections: 1 });
    const lineup = pool.lineup();
    expect(pool.available()).toBe(lineup);
    take(pool, members[0]);
    expect(pool.lineup()).toBe(lineup);
    expect(pool.available()).toEqual([members[1]]);
    expect(pool.available()).toBe(pool.available());
    take(pool, members[1]);
    expect(pool.lineup()).toEqual([]);
    take(pool, members[0], -1);
    take(pool, members[1], -1);
    expect([pool.lineup(), pool.available()]).toEqual([lineup, lineup]);
    expect(pool.available()).toBe(lineup);
  });

  it('goes on to the next tier when the first is full, and comes back', () => {
    const [a, spare] = [backend('a'), backend('spare', { backup: true })];
    const pool = new Pool([a, spare], { maxConnections: 1 });
    expect([pool.leftOut(a), pool.leftOut(spare)]).toEqual([undefined, 'tier']);
    take(pool, a);
    expect(pool.available()).toEqual([spare]);
    expect([pool.leftOut(a), pool.leftOut(spare)]).toEqual(['full', undefined]);
    take(pool, a, -1);
    expect(pool.available()).toEqual([a]);
  });

  it('does not wait for one that has more against it than being full', () => {
    const a = backend('a');
    const pool = new Pool([a], { maxConnections: 1 });
    take(pool, a);
    pool.setState(a, 'drain');
    // Its own clients stay.
    expect([pool.busy([]), pool.isBusy(a)]).toEqual([false, true]);
    pool.setState(a, 'maintenance');
    expect([pool.busy([]), pool.isBusy(a)]).toEqual([false, false]);
    pool.setState(a, 'ready');
    pool.setHealth(a, 'down');
    expect([pool.busy([]), pool.isBusy(a), pool.leftOut(a)]).toEqual([false, false, 'down']);
  });

  it('in panic ignores health, and never a limit', () => {
    const members = [backend('a'), backend('b')] as const;
    const pool = new Pool(members, { maxConnections: 1, panicThreshold: 1 });
    take(pool, members[0]);
    for (const one of members) pool.setHealth(one, 'down');
    expect(pool.panickingTier).toBe(0);
    expect(pool.available()).toEqual([members[1]]);
    expect(pool.busy([])).toBe(true);
  });

  it('in panic goes on to the next tier when the first is full', () => {
    const [a, b, spare] = [backend('a'), backend('b'), backend('spare', { backup: true })];
    const pool = new Pool([a, b, spare], { maxConnections: 1, panicThreshold: 1 });
    pool.setHealth(b, 'down');
    expect([pool.panickingTier, pool.available()]).toEqual([0, [a, b]]);
    take(pool, a);
    take(pool, b);
    expect(pool.available()).toEqual([spare]);
  });

  it('says when somebody has changed, but not when somebody fills or empties', () => {
    const a = backend('a');
    const pool = new Pool([a], { maxConnections: 1 });
    let changes = 0;
    pool.onChange = () => {
      changes++;
    };
    take(pool, a);
    take(pool, a, -1);
    expect(changes).toBe(0);
    pool.setHealth(a, 'down');
    pool.setState(a, 'drain');
    expect(changes).toBe(2);
  });

  it('is, whatever happened, the foremost of those who are up and have room', () => {
    const step = fc.record({ index: fc.nat(4), by: fc.constantFrom('take', 'give', 'down', 'up') });
    const zone = fc.constantFrom(undefined, 'z');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), zone, (steps, own) => {
        const places = [{}, { zone: 'z' }, { zone: 'y' }, { backup: true, zone: 'z' }, { backup: true }];
        const members = places.map((place, i) => backend(`b${i}`, { ...place, maxConnections: (i % 2) + 1 }));
        const pool = new Pool(members, { zone: own });
        for (const { index, by } of steps) {
          const one = members[index] as BackendRecord;
          if (by === 'take' && !one.full) take(pool, one);
          if (by === 'give' && one.active > 0) take(pool, one, -1);
          if (by === 'down' || by === 'up') pool.setHealth(one, by);
          const fit = members.filter(({ health }) => health !== 'down');
          const open = fit.filter(({ active, maxConnections = 0 }) => active < maxConnections);
          expect(pool.available()).toEqual(foremost(open, own));
          const lineup = foremost(fit, own);
          expect(pool.lineup()).toEqual(lineup.some((member) => !member.full) ? lineup : []);
          expect(members.filter((member) => pool.leftOut(member) === undefined)).toEqual(pool.available());
        }
      }),
    );
  });
});
