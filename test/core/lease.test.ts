import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Leases } from '../../lib/core/lease.js';
import { FakeClock } from '../support/clock.js';
import { aborted, answered, one } from './fakes.js';

function house() {
  const clock = new FakeClock(1000);
  const onRelease = vi.fn();
  return { clock, onRelease, leases: new Leases(clock, onRelease), backend: one() };
}

describe('a lease', () => {
  it('counts from acquire to release', () => {
    const { leases, backend } = house();
    const lease = leases.acquire(backend);
    expect(backend).toMatchObject({ active: 1, total: 1, upgrades: 0 });
    lease.release(answered());
    expect(backend).toMatchObject({ active: 0, total: 1, upgrades: 0 });
  });

  it('knows when it was taken', () => {
    const { leases, backend, clock } = house();
    clock.advance(250);
    expect(leases.acquire(backend).since).toBe(1250);
  });

  it('tells of its release once, with the first outcome', () => {
    const { leases, backend, onRelease } = house();
    const lease = leases.acquire(backend);
    const outcome = answered();
    lease.release(outcome);
    lease.release(aborted());
    expect(onRelease.mock.calls).toEqual([[backend, outcome, lease]]);
  });

  it('tells who listens that it became a tunnel, once', () => {
    const { clock, backend } = house();
    const onUpgrade = vi.fn();
    const lease = new Leases(clock, () => {}, undefined, onUpgrade).acquire(backend);
    expect(lease.isUpgraded).toBe(false);
    lease.upgraded();
    lease.upgraded();
    expect(onUpgrade.mock.calls).toEqual([[backend, lease]]);
    expect(lease.isUpgraded).toBe(true);
  });

  it('tells who listens that it was taken, once it counts', () => {
    const { clock, backend } = house();
    const seen: [string, number][] = [];
    const leases = new Leases(
      clock,
      () => {},
      ({ id, active }) => seen.push([id, active]),
    );
    const lease = leases.acquire(backend);
    leases.acquire(backend);
    lease.release(answered());
    expect(seen).toEqual([
      [backend.id, 1],
      [backend.id, 2],
    ]);
  });

  it('is let go before anyone hears of it', () => {
    const { clock, backend } = house();
    const seen: number[] = [];
    new Leases(clock, (released) => seen.push(released.active)).acquire(backend).release(answered());
    expect(seen).toEqual([0]);
  });

  it('counts as a tunnel once it is upgraded, until its release', () => {
    const { leases, backend } = house();
    const lease = leases.acquire(backend);
    lease.upgraded();
    lease.upgraded();
    expect(backend).toMatchObject({ active: 1, upgrades: 1 });
    lease.release(answered());
    expect(backend).toMatchObject({ active: 0, upgrades: 0 });
  });

  it('cannot be upgraded once it is released', () => {
    const { leases, backend } = house();
    const lease = leases.acquire(backend);
    lease.release(answered());
    lease.upgraded();
    expect(backend).toMatchObject({ active: 0, upgrades: 0 });
  });

  it('neither leaks nor goes below zero, whatever is called how often and in whatever order', () => {
    const step = fc.record({ lease: fc.nat(5), call: fc.constantFrom('release' as const, 'upgraded' as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { leases, backend, onRelease } = house();
        const all = Array.from({ length: 6 }, () => ({ lease: leases.acquire(backend), state: 'held' }));
        const count = (...states: string[]): number => all.filter(({ state }) => states.includes(state)).length;
        for (const { lease: index, call } of steps) {
          const one = all[index] as (typeof all)[0];
          if (call === 'release') {
            one.lease.release(answered());
            one.state = 'released';
          } else {
            one.lease.upgraded();
            one.state = one.state === 'held' ? 'tunnel' : one.state;
          }
          expect(backend).toMatchObject({ active: count('held', 'tunnel'), upgrades: count('tunnel'), total: 6 });
        }
        expect(onRelease).toHaveBeenCalledTimes(count('released'));
      }),
    );
  });
});
