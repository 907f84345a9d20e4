import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdminState, BackendRecord, BreakerPhase } from '../../lib/core/backend.js';
import type { Health } from '../../lib/core/check.js';
import { refusesPinned, unfit, unwilling } from '../../lib/core/eligibility.js';
import { Pool } from '../../lib/core/pool.js';
import { FakeClock } from '../support/clock.js';
import { backendsOf, one } from './fakes.js';

type One = BackendRecord;

const states: AdminState[] = ['ready', 'drain', 'maintenance'];
const healths: Health[] = ['unknown', 'up', 'down'];
const breakers: BreakerPhase[] = ['closed', 'open', 'half-open'];

describe('who is left out', () => {
  it.each([
    [{}, undefined, undefined],
    [{ state: 'drain' }, 'drain', undefined],
    [{ state: 'maintenance' }, 'maintenance', undefined],
    [{ steered: { state: 'drain', share: 1 } }, 'steered', undefined],
    [{ state: 'drain', steered: { state: 'maintenance', share: 1 } }, 'drain', undefined],
    [{ health: 'up' }, undefined, undefined],
    [{ health: 'down' }, undefined, 'down'],
    [{ breaker: 'open' }, undefined, 'breaker'],
    [{ breaker: 'half-open' }, undefined, undefined],
    [{ breaker: 'half-open', onTrial: true }, undefined, 'breaker'],
    [{ health: 'down', breaker: 'open' }, undefined, 'down'],
  ])('%j: %s, %s', (fields, will, fit) => {
    const backend = Object.assign(one(), fields);
    expect([unwilling(backend), unfit(backend, 'up')]).toEqual([will, fit]);
  });

  it('before the first check: only where that is asked for, and never one that is not checked', () => {
    expect(unfit(one(), 'up')).toBeUndefined();
    expect(unfit(one(), 'down')).toBe('unknown');
    expect(unfit(Object.assign(one(), { check: false }), 'down')).toBeUndefined();
  });

  it('maintenance refuses pinned clients too, whoever asked for it', () => {
    expect(refusesPinned(Object.assign(one(), { state: 'drain' }))).toBe(false);
    expect(refusesPinned(Object.assign(one(), { state: 'maintenance' }))).toBe(true);
    expect(refusesPinned(Object.assign(one(), { steered: { state: 'maintenance', share: 1 } }))).toBe(true);
  });
});

function house(size: number, options: ConstructorParameters<typeof Pool>[1] = {}) {
  const members = backendsOf(...Array.from({ length: size }, () => 1));
  const pool = new Pool(members, options);
  const ids = () =>
    pool
      .available()
      .map(({ id }) => id)
      .join('');
  type Seven = [One, One, One, One, One, One, One];
  return { pool, members: members as Seven, ids };
}

describe('a pool', () => {
  it('hands out one list until somebody changes, and derives it from all who have a say', () => {
    const { pool, members, ids } = house(4);
    const [a, b, c, d] = members;
    const before = pool.available();
    expect(pool.available()).toBe(before);
    pool.setHealth(a, 'down');
    pool.setBreaker(b, 'open', false);
    pool.setState(c, 'maintenance');
    pool.steer(d, { state: 'drain' });
    expect([ids(), members.map((backend) => pool.leftOut(backend)).join(' ')]).toEqual([
      '',
      'down breaker maintenance steered',
    ]);
    expect(members.map((backend) => pool.acceptsPinned(backend, []))).toEqual([false, false, false, true]);
    pool.setHealth(a, 'up');
    pool.setBreaker(b, 'half-open', false);
    pool.setState(c, 'ready');
    pool.steer(d, { state: 'ready', share: 0.5 });
    expect([ids(), d.weight, d.configuredWeight]).toEqual(['abcd', 0.5, 1]);
  });

  it('whoever speaks, nobody’s word is lost', () => {
    const step = fc.oneof(
      fc.constantFrom(...states).map((state) => ({ state })),
      fc.constantFrom(...healths).map((health) => ({ health })),
      fc.constantFrom(...breakers).map((breaker) => ({ breaker })),
      fc.constantFrom(...states).map((said) => ({ said })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { pool, members, ids } = house(1);
        const [a] = members;
        const last = { state: 'ready', health: 'unknown', breaker: 'closed', said: 'ready' };
        for (const each of steps) {
          Object.assign(last, each);
          if ('state' in each) pool.setState(a, each.state);
          else if ('health' in each) pool.setHealth(a, each.health);
          else if ('breaker' in each) pool.setBreaker(a, each.breaker, false);
          else pool.steer(a, { state: each.said });
          const { state, health, breaker, steered } = a;
          expect({ state, health, breaker, said: steered.state }).toEqual(last);
          const open = state === 'ready' && steered.state === 'ready' && health !== 'down' && breaker !== 'open';
          expect(ids()).toBe(open ? 'a' : '');
        }
      }),
    );
  });

  it('starts those slowly that come back, and nobody who is met for the first time', () => {
    const clock = new FakeClock();
    const { pool, members } = house(2, { clock, slowStart: 1_000 });
    const [a, b] = members;
    pool.setHealth(a, 'up');
    expect(a.weight).toBe(1);
    pool.setHealth(a, 'down');
    pool.setHealth(a, 'up');
    expect(a.weight).toBeLessThan(0.2);
    pool.setBreaker(b, 'open', false);
    pool.setState(b, 'drain');
    pool.setState(b, 'ready');
    expect(b.weight).toBe(1);
    pool.setBreaker(b, 'closed', false);
    expect(b.weight).toBeLessThan(0.2);
    clock.advance(1_000);
    pool.available();
    expect([a.weight, b.weight]).toEqual([1, 1]);
  });

  it('in panic ignores health and breakers, and never the operator', () => {
    const { pool, members, ids } = house(4, { panicThreshold: 0.5 });
    const [a, b, c, d] = members;
    pool.setHealth(a, 'down');
    pool.setBreaker(b, 'open', false);
    expect([ids(), pool.panickingTier]).toEqual(['cd', undefined]);
    pool.setHealth(c, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['abcd', 0]);
    expect(members.map((backend) => pool.leftOut(backend))).toEqual([undefined, undefined, undefined, undefined]);
    expect(pool.acceptsPinned(a, [])).toBe(true);
    pool.setState(d, 'maintenance');
    pool.steer(c, { state: 'drain' });
    expect([ids(), pool.acceptsPinned(d, [])]).toEqual(['ab', false]);
    pool.setHealth(a, 'up');
    // One of the two that may is available: half, and not less.
    expect([ids(), pool.panickingTier]).toEqual(['a', undefined]);
    expect(pool.available([a])).toEqual([]);
  });

  it('panics tier by tier: a lower one that is whole says nothing of the checks of this one', () => {
    const { pool, members, ids } = house(7, { panicThreshold: 0.5 });
    const [a, b, c, d, e, f, g] = members;
    for (const backup of [d, e, f, g]) Object.assign(backup, { priority: 1 });
    pool.setHealth(a, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['bc', undefined]);
    pool.setHealth(b, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['abc', 0]);
    // Those of the other tier are judged as ever.
    pool.setHealth(d, 'down');
    expect(members.map((backend) => pool.leftOut(backend) ?? '-').join(' ')).toBe('- - - down tier tier tier');
    expect([pool.acceptsPinned(a, []), pool.acceptsPinned(d, [])]).toEqual([true, false]);
    // With nobody left it is the next tier's turn, and its share that counts.
    pool.setHealth(c, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['efg', undefined]);
    for (const backup of [e, f]) pool.setHealth(backup, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['defg', 1]);
    pool.setHealth(g, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['abc', 0]);
  });

  it('asks those last that take no connections, as long as anyone does', () => {
    const clock = new FakeClock();
    const { pool, members, ids } = house(3, { clock, slowStart: 1_000 });
    const [a, b, c] = members;
    Object.assign(c, { priority: 1 });
    pool.setUnreachable(a, true);
    expect([ids(), pool.leftOut(a)]).toEqual(['b', 'unreachable']);
    // It can still be asked by those pinned to it, and by those who have tried all others.
    expect([pool.isAvailable(a), pool.acceptsPinned(a, [])]).toEqual([true, true]);
    expect(pool.available([b, c])).toEqual([a]);
    pool.setUnreachable(b, true);
    expect([ids(), pool.leftOut(a), pool.leftOut(c)]).toEqual(['c', 'unreachable', undefined]);
    pool.setUnreachable(c, true);
    expect([ids(), pool.leftOut(a), pool.leftOut(c)]).toEqual(['ab', undefined, 'tier']);
    for (const backend of members) pool.setUnreachable(backend, false);
    expect([ids(), a.weight]).toEqual(['ab', 1]);
  });

  it('without a threshold has nobody when nobody is well', () => {
    const { pool, members, ids } = house(2);
    for (const backend of members) pool.setHealth(backend, 'down');
    expect([ids(), pool.panickingTier]).toEqual(['', undefined]);
  });
});
