import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { Wishes } from '../../lib/health/wishes.js';
import { one } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house(interval = 10_000) {
  const clock = new FakeClock(1_000);
  const lapsed: [BackendRecord, number][] = [];
  const wishes = new Wishes(clock, interval, (backend, held) => lapsed.push([backend, held]));
  return { clock, wishes, lapsed, backend: one() };
}

describe('a wish to be left alone', () => {
  it('lapses a minute after it was said last', () => {
    const { clock, wishes, lapsed, backend } = house();
    wishes.heard(backend, 'maintenance');
    clock.advance(59_000);
    wishes.heard(backend, 'drain');
    clock.advance(59_999);
    expect(lapsed).toEqual([]);
    clock.advance(1);
    expect(lapsed).toEqual([[backend, 60_000]]);
    expect(clock.pending).toBe(0);
    wishes.heard(backend, 'drain');
    clock.advance(60_000);
    expect(lapsed).toHaveLength(2);
  });

  it('outlives two checks that are further apart', () => {
    const { clock, wishes, lapsed, backend } = house(60_000);
    wishes.heard(backend, 'drain');
    clock.advance(179_999);
    expect(lapsed).toEqual([]);
    clock.advance(1);
    expect(lapsed).toEqual([[backend, 180_000]]);
  });

  it('is over when it is taken back, or nobody is interested any more', () => {
    const { clock, wishes, backend } = house();
    wishes.heard(backend, 'ready');
    wishes.heard(backend, 'drain');
    wishes.heard(backend, 'ready');
    expect(clock.pending).toBe(0);
    wishes.heard(backend, 'drain');
    wishes.forget(backend);
    expect(clock.pending).toBe(0);
    wishes.heard(backend, 'drain');
    wishes.close();
    expect(clock.pending).toBe(0);
  });
});
