import { describe, expect, it } from 'vitest';
import { DistinctCounter } from '../../lib/util/distinct.js';
import { hash32 } from '../../lib/util/hash.js';

function counted(from: number, to: number): DistinctCounter {
  const counter = new DistinctCounter();
  for (let i = from; i < to; i++) counter.add(hash32(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
  return counter;
}

const none = new DistinctCounter();

describe('an estimate', () => {
  it.each([0, 1, 2, 5])('of %i is exact', (count) => {
    expect(counted(0, count).union(none)).toBe(count);
  });

  // The standard error is 6.5 %; the draws are the same in every run.
  it.each([50, 200, 500, 1000, 10_000, 200_000])('of %i is within 20 %%', (count) => {
    expect(Math.abs(counted(0, count).union(none) / count - 1)).toBeLessThan(0.2);
  });

  it('counts nobody twice', () => {
    const counter = counted(0, 100);
    const before = counter.union(none);
    for (let i = 0; i < 100; i++) counter.add(hash32(`10.0.0.${i}`));
    expect(counter.union(none)).toBe(before);
    expect(counter.union(counted(0, 100))).toBe(before);
  });

  it('of two together is that of all', () => {
    expect(Math.abs(counted(0, 600).union(counted(300, 900)) / 900 - 1)).toBeLessThan(0.2);
  });

  it('begins anew when it is cleared', () => {
    const counter = counted(0, 100);
    counter.clear();
    expect(counter.union(none)).toBe(0);
  });
});
