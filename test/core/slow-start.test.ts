import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { SlowStart } from '../../lib/core/slow-start.js';
import { FakeClock } from '../support/clock.js';

function house(window = 1000, at = 0) {
  const clock = new FakeClock(at);
  const backend = backendRecord({ url: 'http://10.0.0.1', weight: 2 });
  return { clock, backend, slowStart: new SlowStart(clock, window) };
}

describe('a slow start', () => {
  it('goes from a tenth to the whole in a straight line, in steps of a twentieth', () => {
    const { clock, backend, slowStart } = house();
    slowStart.begin(backend);
    const seen: [number, number][] = [];
    for (const at of [0, 49, 50, 99, 100, 500, 549, 550, 900, 949, 950, 1000]) {
      clock.advance(at - clock.now());
      slowStart.advance();
      seen.push([at, Number((backend.weight / 2).toFixed(3))]);
    }
    expect(seen).toEqual([
      [0, 0.1],
      [49, 0.1],
      [50, 0.1],
      [99, 0.1],
      [100, 0.15],
      [500, 0.55],
      [549, 0.55],
      [550, 0.6],
      [900, 0.95],
      [949, 0.95],
      [950, 1],
      [1000, 1],
    ]);
    expect(backend.weight).toBe(2);
    expect(slowStart.running).toBe(false);
  });

  it('is never below a tenth nor more than a step ahead, and over when the window is, whenever it begins', () => {
    const times = fc.double({ min: 0, max: 1e9, noNaN: true });
    const windows = fc.double({ min: 0.5, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(times, windows, fc.double({ min: 0, max: 1, noNaN: true }), (at, window, part) => {
        const { clock, backend, slowStart } = house(window, at);
        slowStart.begin(backend);
        clock.advance(window * part);
        slowStart.advance();
        const share = backend.weight / 2;
        const age = (clock.now() - at) / window;
        expect(share).toBeGreaterThanOrEqual(Math.min(1, Math.max(0.1, age)) - 1e-6);
        expect(share).toBeLessThanOrEqual(Math.min(1, Math.max(0.1, age + 0.05)) + 1e-6);
        clock.advance(window * 1.001);
        slowStart.advance();
        expect([backend.weight, slowStart.running]).toEqual([2, false]);
      }),
    );
  });

  it('gives a weight that depends on the time alone, not on who asked when', () => {
    const asked = fc.array(fc.nat(300), { maxLength: 20 });
    fc.assert(
      fc.property(fc.nat(1000), asked, fc.nat(1200), (at, moments, end) => {
        const [one, other] = [house(1000, at), house(1000, at)];
        one.slowStart.begin(one.backend);
        other.slowStart.begin(other.backend);
        for (const ms of moments) {
          if (one.clock.now() - at + ms > end) break;
          one.clock.advance(ms);
          one.slowStart.advance();
        }
        one.clock.advance(at + end - one.clock.now());
        other.clock.advance(end);
        one.slowStart.advance();
        other.slowStart.advance();
        expect(one.backend.weight).toBe(other.backend.weight);
        expect(one.slowStart.weightOf(one.backend)).toBe(one.backend.weight);
      }),
    );
  });

  it('steps together for all who have the same window: 100 that began one after the other, 39 steps in all', () => {
    const { clock, slowStart } = house();
    const all = Array.from({ length: 100 }, (_, i) => backendRecord({ url: 'http://a', id: String(i) }));
    let steps = 0;
    for (let ms = 0; ms < 3000; ms++) {
      const next = all[ms / 10];
      if (next !== undefined) slowStart.begin(next);
      if (slowStart.advance()) steps++;
      clock.advance(1);
    }
    expect(all.every(({ weight }) => weight === 1)).toBe(true);
    // 20 of the first one, and 20 more until the last has caught up; in the first of each nothing grows yet.
    expect(steps).toBeLessThanOrEqual(39);
  });

  it('goes by the backend’s own window, where it has one', () => {
    const { clock, slowStart } = house(1000);
    const quick = backendRecord({ url: 'http://a', slowStart: 100 });
    const none = backendRecord({ url: 'http://b', slowStart: 0 });
    slowStart.begin(none);
    expect([none.weight, slowStart.running]).toEqual([1, false]);
    slowStart.begin(quick);
    expect(quick.weight).toBeCloseTo(0.1);
    clock.advance(100);
    expect([slowStart.advance(), quick.weight]).toEqual([true, 1]);
  });

  it('is none without a window', () => {
    const { backend, slowStart } = house(0);
    slowStart.begin(backend);
    expect([backend.weight, slowStart.running, slowStart.advance()]).toEqual([2, false, false]);
  });

  it('begins anew, and ends at once when it is stopped', () => {
    const { clock, backend, slowStart } = house();
    slowStart.begin(backend);
    clock.advance(800);
    slowStart.advance();
    expect(backend.weight).toBeGreaterThan(1.5);
    slowStart.begin(backend);
    expect(backend.weight).toBeCloseTo(0.2);
    slowStart.stop(backend);
    expect([backend.weight, slowStart.running]).toEqual([2, false]);
  });

  it('follows a weight that is changed on the way', () => {
    const { clock, backend, slowStart } = house();
    slowStart.begin(backend);
    clock.advance(500);
    backend.configuredWeight = 20;
    expect(slowStart.weightOf(backend)).toBeCloseTo(11);
    expect(slowStart.advance()).toBe(true);
    expect(backend.weight).toBeCloseTo(11);
  });

  it('says nothing has changed between two steps', () => {
    const { clock, backend, slowStart } = house();
    slowStart.begin(backend);
    clock.advance(510);
    expect([slowStart.advance(), slowStart.advance()]).toEqual([true, false]);
    clock.advance(30);
    expect(slowStart.advance()).toBe(false);
    clock.advance(20);
    expect(slowStart.advance()).toBe(true);
  });
});
