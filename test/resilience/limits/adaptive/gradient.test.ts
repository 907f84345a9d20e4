import { describe, expect, it } from 'vitest';
import { GradientLimit, gradientLimit } from '../../../../lib/resilience/limits/adaptive/gradient.js';
import { adaptiveSchema, type ParsedAdaptive } from '../../../../lib/resilience/limits/adaptive/options.js';

describe("Envoy's gradient", () => {
  it.each([
    [100, 10, 12.5, 110],
    [100, 10, 25, 60],
    [100, 10, 1, 210],
    [100, 10, 1_000, 60],
    [4, 10, 10, 7],
  ])('a limit of %d, %d ms without load and %d ms now: %d', (limit, unloaded, latency, next) => {
    expect(gradientLimit(limit, unloaded, latency)).toBeCloseTo(next, 9);
  });
});

const BUSY = 1_000;

function house(options: object = {}, random = () => 0) {
  let now = 0;
  const parsed = adaptiveSchema.parse(options) as ParsedAdaptive;
  const gradient = new GradientLimit(parsed, random, now);
  /** So many answers of this latency, each after so many ms more. */
  const answers = (count: number, latency: number, apart = 10, inFlight = BUSY): void => {
    for (let i = 0; i < count; i++) {
      now += apart;
      gradient.uses(inFlight);
      gradient.learn(now - latency, now);
      gradient.tick(now);
    }
  };
  const pass = (ms: number): void => {
    now += ms;
    gradient.tick(now);
  };
  return { gradient, answers, pass };
}

/** One whose latency without load is known to be 10 ms. */
function measured(options: object = {}, random = () => 0) {
  const all = house(options, random);
  all.answers(50, 10);
  return all;
}

describe('the measurement without load', () => {
  it('comes first, at the least, and takes 50 requests that set out after it began', () => {
    const { gradient, answers } = house();
    answers(1, 500);
    answers(49, 10);
    expect([gradient.limit, gradient.measuring]).toEqual([3, true]);
    answers(1, 10);
    expect([gradient.limit, gradient.measuring]).toEqual([3, false]);
  });

  it('comes again after the interval and a share by chance; the limit is afterwards what it was', () => {
    const { gradient, answers, pass } = measured({}, () => 0.5);
    answers(100, 10);
    const before = gradient.limit;
    expect(before).toBeGreaterThan(50);
    pass(64_500 - 1_000 - 1);
    expect(gradient.measuring).toBe(false);
    pass(1);
    expect([gradient.limit, gradient.measuring]).toEqual([3, true]);
    // Those that set out before it are not without load.
    answers(20, 5_000, 1);
    expect(gradient.measuring).toBe(true);
    answers(50, 10);
    expect([gradient.limit, gradient.measuring]).toEqual([before, false]);
  });

  it('ends in time without its 50 requests: with ten it counts, with fewer what was known holds', () => {
    for (const [count, next] of [
      [9, 'shrinks'],
      [10, 'grows'],
    ] as const) {
      const { gradient, answers, pass } = measured();
      answers(30, 10);
      const before = gradient.limit;
      pass(60_000);
      answers(count, 30, 40);
      expect(gradient.measuring).toBe(true);
      pass(5_000);
      expect([gradient.limit, gradient.measuring]).toEqual([before, false]);
      answers(20, 30);
      expect(gradient.limit > before ? 'grows' : 'shrinks').toBe(next);
    }
  });

  it('goes on at the least while nothing at all is known', () => {
    const { gradient, answers, pass } = house();
    pass(600_000);
    expect([gradient.limit, gradient.measuring]).toEqual([3, true]);
    answers(1, 10);
    expect(gradient.measuring).toBe(false);
  });

  it('of a slow backend takes longer, and at most half the interval', () => {
    const slow = house();
    slow.answers(50, 1_000, 400);
    slow.pass(60_000);
    slow.pass(9_999);
    expect(slow.gradient.measuring).toBe(true);
    slow.pass(1);
    expect(slow.gradient.measuring).toBe(false);
    slow.pass(60_000);
    const slower = house({ interval: '8s' });
    slower.answers(50, 4_000, 4_000);
    slower.pass(8_000);
    slower.pass(4_000);
    expect(slower.gradient.measuring).toBe(false);
  });

  it('comes at once where the limit stays at the least: the backend is another one by now', () => {
    const { gradient, answers } = measured();
    answers(49, 100);
    expect(gradient.measuring).toBe(false);
    answers(11, 100);
    expect(gradient.measuring).toBe(true);
    answers(60, 100);
    answers(40, 100);
    expect(gradient.limit).toBeGreaterThan(3);
  });
});

describe('a window', () => {
  it('lasts 100 ms and ten answers at the least', () => {
    const { gradient, answers, pass } = measured();
    answers(9, 10, 100);
    expect(gradient.limit).toBe(3);
    answers(1, 10, 1);
    // 3 * 1.25 + sqrt(3)
    expect(gradient.limit).toBe(5);
    answers(99, 10, 1);
    expect(gradient.limit).toBe(5);
    pass(1);
    expect(gradient.limit).toBe(9);
  });

  it('that does not get them in 30 s begins anew', () => {
    const { gradient, answers, pass } = measured();
    answers(9, 10_000, 1);
    pass(30_000);
    answers(9, 10);
    expect(gradient.limit).toBe(3);
    answers(1, 10);
    expect(gradient.limit).toBe(5);
  });

  it('in which less than half was used lets the limit shrink, not grow', () => {
    const { gradient, answers } = measured();
    answers(50, 10);
    const limit = gradient.limit;
    answers(200, 10, 10, Math.floor(limit / 2) - 1);
    expect(gradient.limit).toBe(limit);
    answers(10, 100, 10, 1);
    expect(gradient.limit).toBeLessThan(limit);
  });
});

it('stays between min and max, and does not take part of a millisecond for latency', () => {
  const { gradient, answers } = measured({ min: 5, max: 40 });
  expect(gradient.limit).toBe(5);
  answers(200, 10);
  expect(gradient.limit).toBe(40);
  answers(200, 1_000);
  expect(gradient.limit).toBe(5);
  const quick = house();
  quick.answers(50, 0.1);
  quick.answers(100, 0.9);
  expect(quick.gradient.limit).toBeGreaterThan(50);
});

it('goes by the percentile it is told', () => {
  const grown = [50, 95].map((percentile) => {
    const { gradient, answers } = measured({ percentile });
    for (let i = 0; i < 4; i++) {
      answers(8, 10);
      answers(2, 200);
    }
    return gradient.limit;
  });
  expect(grown[0]).toBeGreaterThan(10);
  expect(grown[1]).toBe(3);
});
