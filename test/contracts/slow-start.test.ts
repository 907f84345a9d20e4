import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { Pool } from '../../lib/core/pool.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

const template = contextOf();

/** Four backends, of which the first has just come back; and what share of so many picks it gets. */
function house(name: StrategyName) {
  const clock = new FakeClock();
  const pool = new Pool(backendsOf(1, 1, 1, 1), { clock, slowStart: 1000 });
  const strategy = createStrategy(name, { clock, random: seededRandom(3) });
  let asked = 0;
  const share = (picks: number): number => {
    let hits = 0;
    for (let i = 0; i < picks; i++) {
      const key = `10.0.${(asked >> 8) & 255}.${asked++ & 255}`;
      if (strategy.pick(pool.available(), { ...template, key }).id === 'a') hits++;
    }
    return hits / picks;
  };
  const [a] = pool.members as [BackendRecord];
  /** A quarter, or what hashes or the order of declaration make of it. */
  const usual = share(20_000);
  const comeBack = (): void => {
    pool.setState(a, 'drain');
    share(1000);
    pool.setState(a, 'ready');
  };
  return { clock, share, comeBack, pool, a, usual };
}

/** Whether weights matter to it at all: slow start is nothing else. */
function heedsWeights(name: StrategyName): boolean {
  const { pool, a, share, usual } = house(name);
  pool.setWeight(a, 2);
  return share(20_000) - usual > 0.05;
}

describe.each(Object.keys(strategies) as StrategyName[])('%s, when one of four comes back', (name) => {
  const heeds = heedsWeights(name);

  it(`gives it ${heeds ? 'its share of the moment' : 'all it had, since weights do not matter to it'}: 20,000 picks, within 2 % of all`, () => {
    const { clock, share, comeBack, a, usual } = house(name);
    // A ring cuts shares unevenly from the start.
    const bound = 0.02 + (heeds ? 2 * Math.abs(usual - 0.25) : 0);
    comeBack();
    for (const [at, weight] of [
      [0, 0.1],
      [200, 0.25],
      [500, 0.55],
      [1000, 1],
    ] as const) {
      clock.advance(at - clock.now());
      const got = share(20_000);
      expect(a.weight).toBeCloseTo(weight);
      expect(Math.abs(got - (heeds ? weight / (3 + weight) : usual))).toBeLessThan(bound);
    }
  });

  it('does not make up for it afterwards: of the first 400 picks with its full weight it gets a tenth of all more than usual at most', () => {
    const { clock, share, comeBack, usual } = house(name);
    comeBack();
    for (let ms = 0; ms < 1000; ms += 10) {
      share(20);
      clock.advance(10);
    }
    expect(share(400)).toBeLessThanOrEqual(usual + 0.1);
  });
});
