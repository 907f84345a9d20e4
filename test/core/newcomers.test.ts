import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import type { PoolOptions } from '../../lib/core/candidates.js';
import { Pool } from '../../lib/core/pool.js';
import { FakeClock } from '../support/clock.js';
import { one } from './fakes.js';

/** A pool of one, to which another is added a minute after the start. */
function house(options: Omit<PoolOptions, 'clock'> = {}) {
  const clock = new FakeClock();
  const [first, newcomer] = [one('http://10.0.0.1'), one('http://10.0.0.2')];
  const pool = new Pool([first], { clock, slowStart: 1_000, ...options });
  clock.advance(60_000);
  const join = (): void => pool.adopt([first, newcomer]);
  const share = (backend: BackendRecord): number => {
    pool.available();
    return backend.weight / backend.configuredWeight;
  };
  return { clock, pool, first, newcomer, join, share };
}

describe('a backend that is added at run time', () => {
  it('starts slowly, and those from the start of the process do not', () => {
    const { clock, first, newcomer, join, share } = house();
    expect(share(first)).toBe(1);
    join();
    expect(share(newcomer)).toBeCloseTo(0.1);
    expect(share(first)).toBe(1);
    clock.advance(500);
    expect(share(newcomer)).toBeCloseTo(0.55);
    clock.advance(500);
    expect(share(newcomer)).toBe(1);
  });

  it('that takes nobody before its first check starts slowly from that check on', () => {
    const { clock, pool, first, newcomer, join, share } = house({ assume: 'down' });
    pool.setHealth(first, 'up');
    expect(share(first)).toBe(1);
    join();
    clock.advance(5_000);
    expect(pool.available()).toEqual([first]);
    pool.setHealth(newcomer, 'up');
    expect(pool.available()).toEqual([first, newcomer]);
    expect(share(newcomer)).toBeCloseTo(0.1);
    clock.advance(1_000);
    expect(share(newcomer)).toBe(1);
  });

  it('is not set back by its first passed check where it was let in on trust', () => {
    const { clock, pool, newcomer, join, share } = house();
    join();
    clock.advance(500);
    pool.setHealth(newcomer, 'up');
    expect(share(newcomer)).toBeCloseTo(0.55);
  });

  it('grows no further once it has left', () => {
    const { clock, pool, first, newcomer, join, share } = house();
    join();
    pool.adopt([first]);
    clock.advance(1_000);
    expect(share(first)).toBe(1);
    expect(pool.available()).toEqual([first]);
    expect(newcomer.presence).toBe('gone');
  });
});
