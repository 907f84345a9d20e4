import { describe, expect, it } from 'vitest';
import { createStrategy } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf, one } from '../core/fakes.js';
import { scriptedRandom, seededRandom } from '../support/random.js';

const context = contextOf();

/** One draw that holds two, a half each. */
const halves = (first: number, second: number): number =>
  (Math.floor(first * 65_536) * 65_536 + Math.floor(second * 65_536)) / 2 ** 32;

describe('p2c', () => {
  it('takes the less loaded of the two drawn, in either order', () => {
    // Draws from 0, 1, 2 and then from the two others.
    const draw = (first: number, second: number, active: number[]): string => {
      const backends = backendsOf(1, 1, 1);
      for (const [i, backend] of backends.entries()) backend.active = active[i] ?? 0;
      return createStrategy('p2c', { random: scriptedRandom(halves(first, second)) }).pick(backends, context).id;
    };
    expect(draw(0, 0, [5, 1, 0])).toBe('b');
    expect(draw(0, 0.5, [5, 1, 0])).toBe('c');
    expect(draw(0.4, 0, [5, 1, 0])).toBe('b');
    expect(draw(0.4, 0.5, [5, 1, 0])).toBe('c');
    expect(draw(0.7, 0, [1, 5, 2])).toBe('a');
    expect(draw(0.7, 0.5, [1, 5, 2])).toBe('c');
  });

  it('compares by load per weight', () => {
    const backends = backendsOf(4, 1);
    const [a, b] = backends as [(typeof backends)[0], (typeof backends)[0]];
    a.active = 3;
    b.active = 1;
    const strategy = createStrategy('p2c', { random: seededRandom(1) });
    expect(strategy.pick(backends, context)).toBe(a);
    a.active = 5;
    expect(strategy.pick(backends, context)).toBe(b);
  });

  it('leaves nothing to chance when there is only one, and never draws beyond the list', () => {
    const almostOne = 1 - Number.EPSILON / 2;
    expect(createStrategy('p2c', { random: scriptedRandom() }).pick(backendsOf(1), context).id).toBe('a');
    const both = scriptedRandom(almostOne);
    expect(createStrategy('p2c', { random: both }).pick(backendsOf(1, 1, 1), context).id).toMatch(/^[bc]$/);
  });

  it('takes a draw for each of its choices among more than 256, where half a draw would favour some', () => {
    const backends = Array.from({ length: 300 }, (_, i) => one(`http://10.0.0.1:${3000 + i}`));
    for (const backend of backends) backend.active = 1;
    const [first, last] = [backends[0], backends[299]] as [(typeof backends)[0], (typeof backends)[0]];
    first.active = 0;
    expect(createStrategy('p2c', { random: scriptedRandom(0, 0.999) }).pick(backends, context)).toBe(first);
    last.active = 0;
    first.active = 1;
    expect(createStrategy('p2c', { random: scriptedRandom(0, 0.999) }).pick(backends, context)).toBe(last);
  });

  it('draws a second that is another, each of the others alike: 120,000 picks, each of 12 pairs within 5 %', () => {
    // Whoever was drawn has load 0 or the pair's order cannot be told, so loads are read to see the draw.
    const seen = new Map<string, number>();
    let pair: string[] = [];
    const backends = backendsOf(1, 1, 1, 1).map((backend) =>
      Object.defineProperty(backend, 'active', {
        get: () => {
          pair.push(backend.id);
          return 0;
        },
      }),
    );
    const strategy = createStrategy('p2c', { random: seededRandom(5) });
    const rounds = 120_000;
    for (let i = 0; i < rounds; i++) {
      pair = [];
      strategy.pick(backends, context);
      const [second, first] = pair;
      const key = `${first}${second}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect([...seen.keys()].filter((key) => key[0] === key[1])).toEqual([]);
    expect(seen.size).toBe(12);
    // 10,000 each; the standard deviation is 96.
    for (const count of seen.values()) expect(Math.abs(count - rounds / 12)).toBeLessThan(500);
  });

  it('never takes the busiest of all, and spares the second busiest most of the time', () => {
    const backends = backendsOf(1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = i;
    const strategy = createStrategy('p2c', { random: seededRandom(6) });
    const counts = { a: 0, b: 0, c: 0, d: 0 };
    for (let i = 0; i < 60_000; i++) counts[strategy.pick(backends, context).id as 'a']++;
    // Of the 6 pairs a wins 3, b 2, c 1.
    expect(counts.d).toBe(0);
    expect(counts.a / 60_000).toBeCloseTo(3 / 6, 1);
    expect(counts.b / 60_000).toBeCloseTo(2 / 6, 1);
    expect(counts.c / 60_000).toBeCloseTo(1 / 6, 1);
  });

  it('keeps four equal backends within 8 requests of each other while 1,000 come and go at 40 in flight', () => {
    const backends = backendsOf(1, 1, 1, 1);
    const random = seededRandom(8);
    const strategy = createStrategy('p2c', { random: seededRandom(9) });
    const held: (typeof backends)[0][] = [];
    let widest = 0;
    for (let i = 0; i < 1000; i++) {
      const { id } = strategy.pick(backends, context);
      const chosen = backends.find((backend) => backend.id === id);
      if (chosen === undefined) throw new Error('a stranger');
      chosen.active++;
      held.push(chosen);
      if (held.length > 40) {
        const [done] = held.splice(Math.floor(random() * held.length), 1);
        if (done !== undefined) done.active--;
      }
      const active = backends.map((backend) => backend.active);
      widest = Math.max(widest, Math.max(...active) - Math.min(...active));
    }
    expect(widest).toBeLessThanOrEqual(8);
  });

  it('with more choices draws that many, all different, and takes the least loaded: 20,000 picks of 3 from 5', () => {
    const strategy = createStrategy(['p2c', { choices: 3 }], { random: seededRandom(6) });
    const backends = backendsOf(1, 1, 1, 1, 1);
    for (const [i, backend] of backends.entries()) backend.active = i;
    const counts = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const { id } = strategy.pick(backends, context);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // Of the 10 triples a wins 6, b 3, c 1; the standard deviation of a share is at most 0.35 %.
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c']);
    for (const [id, share] of Object.entries({ a: 0.6, b: 0.3, c: 0.1 })) {
      expect(Math.abs((counts.get(id) ?? 0) / 20_000 - share)).toBeLessThan(0.015);
    }
  });

  it('with as many choices as there are, or more, asks everyone', () => {
    for (const choices of [4, 32]) {
      const strategy = createStrategy(['p2c', { choices }], { random: seededRandom(6) });
      const backends = backendsOf(1, 1, 1, 1);
      for (const [i, backend] of backends.entries()) backend.active = i === 2 ? 0 : 5;
      for (let i = 0; i < 50; i++) expect(strategy.pick(backends, context).id).toBe('c');
    }
  });

  it.each([{ choices: 1 }, { choices: 2.5 }, { choices: 33 }, { load: 'cpu' }])('refuses %j', (options) => {
    expect(() => createStrategy(['p2c', options as never])).toThrow('[1].');
  });
});
