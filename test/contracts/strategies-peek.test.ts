import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, BackendRecord } from '../../lib/core/backend.js';
import type { Strategy } from '../../lib/core/strategy.js';
import type { StrategySpec } from '../../lib/strategies/spec.js';
import { answered, backendsOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { client, make, names } from './strategies.js';

/** Looking changes nothing: `peek` and `score`, asked a thousand times between picks. */
const specs: StrategySpec[] = [
  ...names,
  ['p2c', { choices: 4 }],
  ['p2c', { load: 'peak-ewma' }],
  ['consistent-hash', { loadFactor: 1.25 }],
];

const nameOf = (spec: StrategySpec): string => JSON.stringify(spec);

/** A short life of a strategy, with `look` between all of it; gives the picks. */
function life(strategy: Strategy, clock: FakeClock, weights: readonly number[], look: Look): string[] {
  const all = backendsOf(...weights);
  const lists = [all, all.slice(1), [...all], all.toReversed()].filter((list) => list.length > 0);
  const picks: string[] = [];
  for (let i = 0; i < 80; i++) {
    const list = lists[Math.floor(i / 20) % lists.length] as BackendRecord[];
    look(list, lists, i);
    const chosen = strategy.pick(list, client(i)) as BackendRecord;
    picks.push(chosen.id);
    chosen.active++;
    strategy.onAcquire?.(chosen);
    clock.advance(i % 7 === 0 ? 2000 : 3);
    if (i % 3 === 0) continue;
    chosen.active--;
    strategy.onRelease?.(chosen, i % 5 === 0 ? failed('FAIRLEAD_CONNECT') : answered({ responseTime: 5 + i }));
  }
  return picks;
}

type Look = (list: readonly Backend[], lists: readonly (readonly Backend[])[], step: number) => void;

const arbitraryWeights = fc.oneof(
  fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 8 }),
  fc.constant(Array.from({ length: 60 }, (_, i) => 1 + (i % 3))),
);

describe.each(specs.map((spec) => [nameOf(spec), spec] as const))('%s', (_name, spec) => {
  it('looking a thousand times between picks, at other lists too, leaves the sequence as it is', () => {
    const run = (times: number): string[] => {
      const clock = new FakeClock(1_000_000);
      const strategy = make(spec, 3, clock);
      return life(strategy, clock, [3, 1, 1, 2], (list, lists, step) => {
        for (let i = 0; i < times; i++) {
          strategy.peek?.(lists[i % lists.length] ?? list, client(step + i));
          for (const backend of list) strategy.score?.(backend, client(step + i));
        }
      });
    };
    expect(run(1000)).toEqual(run(0));
  });

  it('a look says whom the next pick takes', () => {
    fc.assert(
      fc.property(arbitraryWeights, fc.integer(), (weights, seed) => {
        const clock = new FakeClock(1_000_000);
        const strategy = make(spec, seed, clock);
        const seen: string[] = [];
        const picks = life(strategy, clock, weights, (list, _lists, step) => {
          seen.push(strategy.peek?.(list, client(step)).id ?? 'no peek');
        });
        expect(seen).toEqual(picks);
      }),
      { seed: 20_261_121, numRuns: 25 },
    );
  });

  it('a score is a number', () => {
    const backends = backendsOf(1, 2, 3);
    const strategy = make(spec);
    for (const backend of backends) {
      strategy.onRelease?.(backend, answered());
      expect(strategy.score?.(backend, client(1)) ?? 0).toBeGreaterThanOrEqual(0);
    }
  });
});
