import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { backendsOf } from '../core/fakes.js';
import { byWeight, client, EVENNESS, make, spreading, TOLERANCE, tally } from './strategies.js';

/** Shares: of equals, by weight, under load, and after a change of the list. */
const N = 100_000;

describe.each(spreading)('%s', (name) => {
  it('does not mind in which order loads stand: 20,000 picks, each share within 2 % of its mirror image’s', () => {
    const backends = backendsOf(1, 1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = 2 * i;
    const ascending = tally(make(name), backends, 20_000);
    const descending = tally(make(name), backends.toReversed(), 20_000);
    for (const { id } of backends) {
      const difference = (ascending.get(id) ?? 0) - (descending.get(id) ?? 0);
      expect(Math.abs(difference) / 20_000).toBeLessThan(0.02);
    }
  });

  it('never prefers a busy backend to an idle one of the same weight: 20,000 picks, at most 2 % more (a ring 4 %)', () => {
    const backends = backendsOf(1, 1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = 2 * i;
    const counts = tally(make(name), backends, 20_000);
    for (const [i, { id }] of backends.entries()) {
      const next = backends[i + 1];
      if (next === undefined) continue;
      expect((counts.get(next.id) ?? 0) - (counts.get(id) ?? 0)).toBeLessThan((EVENNESS[name] ?? 0.02) * 20_000);
    }
  });

  it(`is even among equals: ${N} picks, each of 5 shares within 1 % of all (a ring 4 %)`, () => {
    const counts = tally(make(name), backendsOf(1, 1, 1, 1, 1), N);
    // The standard deviation of a share drawn at random is 0.13 %.
    for (const count of counts.values()) expect(Math.abs(count / N - 0.2)).toBeLessThan(EVENNESS[name] ?? 0.01);
  });

  const tolerance = TOLERANCE[name] ?? 0.02;
  const heeds = byWeight.includes(name);
  const rule = heeds ? `within ${100 * tolerance} % of all of what weights say` : 'within 1 % of all of the others';
  it(`with weights 2, 1, 1, 1: ${N} picks, each share ${rule}`, () => {
    const counts = tally(make(name), backendsOf(2, 1, 1, 1), N);
    for (const [id, count] of counts) {
      const share = heeds ? (id === 'a' ? 0.4 : 0.2) : 0.25;
      expect(Math.abs(count / N - share)).toBeLessThanOrEqual(heeds ? tolerance : 0.01);
    }
  });

  it(`is even again when one has been away: ${N / 10} picks behind 1,000 without it, each share within 2 % of all`, () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 1000);
    tally(strategy, backends.slice(1), 1000);
    for (const count of tally(strategy, [...backends], N / 10).values()) {
      expect(Math.abs(count / (N / 10) - 0.25)).toBeLessThan(EVENNESS[name] ?? 0.02);
    }
  });

  it('does not flood one that comes back: of the first 400 picks it gets at most 140 where 100 are its share', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 1000);
    tally(strategy, backends.slice(1), 10_000);
    expect(tally(strategy, [...backends], 400).get('a')).toBeLessThanOrEqual(140);
  });

  it('shares out what a dead backend refuses, with a second instance for retries: 12,000 picks, shares within 5 %', () => {
    const backends = backendsOf(1, 1, 1, 1);
    for (const dead of backends) {
      const [strategy, spare] = [make(name, 1), make(name, 2)];
      const counts = new Map<string, number>();
      for (let i = 0; i < 12_000; i++) {
        const first = strategy.pick(backends, client(i));
        const rest = backends.filter((backend) => backend !== dead);
        const { id } = first === dead ? spare.pick(rest, client(i, 1)) : first;
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      expect(counts.size).toBe(3);
      for (const count of counts.values())
        expect(Math.abs(count / 12_000 - 1 / 3)).toBeLessThan(EVENNESS[name] === undefined ? 0.05 : 0.07);
    }
  });
});

describe.each(byWeight)('%s, which heeds weights', (name) => {
  const tolerance = TOLERANCE[name] ?? 0.02;

  // Up to 2, since a choice between two cannot give anyone more than 2 / n.
  it(`follows any from 1 to 2: 20,000 picks, each share within ${100 * Math.max(tolerance, 0.02)} % of all`, () => {
    const weights = fc.array(fc.double({ min: 1, max: 2, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weights, (list) => {
        const backends = backendsOf(...list);
        const total = list.reduce((sum, weight) => sum + weight);
        const counts = tally(make(name), backends, 20_000);
        for (const { id, weight } of backends) {
          const difference = (counts.get(id) ?? 0) / 20_000 - weight / total;
          expect(Math.abs(difference)).toBeLessThan(Math.max(tolerance, 0.02));
        }
      }),
      { seed: 20_261_120, numRuns: 20 },
    );
  });

  it('follows a weight that is changed, from the list that says so on', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const strategy = make(name);
    tally(strategy, backends, 10_000);
    const [a] = backends as [BackendRecord];
    a.weight = 2;
    const counts = tally(strategy, [...backends], 10_000);
    expect(Math.abs((counts.get('a') ?? 0) / 10_000 - 0.4)).toBeLessThan(Math.max(tolerance, 0.03));
  });

  it('does not mind their scale', () => {
    const shares = (scale: number): number[] => {
      const backends = backendsOf(2 * scale, scale, scale, scale);
      return [...tally(make(name), backends, 20_000).values()];
    };
    for (const scale of [0.125, 0.001, 333]) {
      for (const [i, count] of shares(scale).entries()) {
        expect(Math.abs(count - (shares(1)[i] ?? 0)) / 20_000).toBeLessThan(EVENNESS[name] ?? 0.02);
      }
    }
  });
});
