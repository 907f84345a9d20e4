import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SlidingCounts } from '../../lib/resilience/sliding-counts.js';
import { FakeClock } from '../support/clock.js';

it('counts what was within the window, give or take a tenth of it', () => {
  const step = fc.record({ wait: fc.nat(400), failed: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(5_000), (steps, start) => {
      const clock = new FakeClock(start);
      const counts = new SlidingCounts(clock, 1_000);
      const seen: { at: number; failed: boolean }[] = [];
      for (const { wait, failed } of steps) {
        clock.advance(wait);
        counts.add(failed);
        seen.push({ at: clock.now(), failed });
        const within = (ms: number) => seen.filter(({ at }) => at > clock.now() - ms).length;
        expect(counts.total).toBeGreaterThanOrEqual(within(900));
        expect(counts.total).toBeLessThanOrEqual(within(1_001));
        expect(counts.failed).toBeLessThanOrEqual(counts.total);
      }
      clock.advance(1_000);
      expect(counts.total).toBe(0);
    }),
  );
});
