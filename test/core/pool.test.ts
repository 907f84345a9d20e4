import { describe, expect, it, vi } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { FakeClock } from '../support/clock.js';
import { backendsOf } from './fakes.js';

function poolOf(...weights: number[]) {
  const members = backendsOf(...weights);
  const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]];
  return { pool: new Pool(members), a, b, c, members };
}

describe('members', () => {
  it('are those given, in order, and cannot be changed from outside', () => {
    const { pool, members } = poolOf(1, 1, 1);
    expect(pool.members).toEqual(members);
    members.pop();
    expect(pool.members).toHaveLength(3);
    expect(Object.isFrozen(pool.members)).toBe(true);
  });

  it('are found by id', () => {
    const { pool, b } = poolOf(1, 1, 1);
    expect(pool.find('b')).toBe(b);
    expect(pool.find('nobody')).toBeUndefined();
    expect(pool.find('__proto__')).toBeUndefined();
  });

  it('may be none', () => {
    expect(new Pool([]).available()).toEqual([]);
  });
});

describe('weights', () => {
  it('that are changed make a new list, and only then', () => {
    const { pool, a } = poolOf(1, 1, 1);
    const before = pool.available();
    pool.setWeight(a, 1);
    expect(pool.available()).toBe(before);
    pool.setWeight(a, 3);
    expect(pool.available()).not.toBe(before);
    expect(pool.available()).toEqual(before);
    expect(a).toMatchObject({ weight: 3, configuredWeight: 3 });
  });

  it('grow in steps, and only a step makes a new list', () => {
    const clock = new FakeClock(12_345.678);
    const members = backendsOf(4, 1);
    const [a, b] = members as [(typeof members)[0], (typeof members)[0]];
    const pool = new Pool(members, { clock, slowStart: 10_000 });
    expect(a.weight).toBe(4);
    pool.setState(a, 'drain');
    pool.setState(a, 'ready');
    const lists = new Set([pool.available()]);
    const weights = [a.weight];
    for (let ms = 0; ms < 12_000; ms += 10) {
      clock.advance(10);
      lists.add(pool.available());
      if (a.weight !== weights.at(-1)) weights.push(a.weight);
      expect(b.weight).toBe(1);
    }
    expect(weights[0]).toBeCloseTo(0.4);
    expect(weights.at(-1)).toBe(4);
    expect(weights).toEqual(weights.toSorted((x, y) => x - y));
    expect(lists.size).toBe(weights.length);
    expect(lists.size).toBeLessThanOrEqual(20);
    expect(clock.pending).toBe(0);
  });

  it('are looked at by the clock only while somebody grows', () => {
    const clock = new FakeClock();
    const now = vi.spyOn(clock, 'now');
    const members = backendsOf(1, 1);
    const [a] = members as [(typeof members)[0]];
    const pool = new Pool(members, { clock, slowStart: 1000 });
    pool.available();
    expect(now).not.toHaveBeenCalled();
    pool.setState(a, 'drain');
    pool.setState(a, 'ready');
    clock.advance(1000);
    pool.available();
    now.mockClear();
    pool.available();
    expect(now).not.toHaveBeenCalled();
  });
});
