import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { aborted, answered, backendsOf, failed } from '../core/fakes.js';
import { byKey, byWeight, client, keyed, make, names, spreading } from './strategies.js';

/**
 * What every strategy promises, whoever wrote it. What a strategy goes by (the key, weights) is found out by looking,
 * and it is then held to all that this entails, here and in the other files beside this one.
 */
const arbitraryBackends = fc
  .array(fc.record({ weight: fc.double({ min: 0.001, max: 1000, noNaN: true }), active: fc.nat(100_000) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list) =>
    backendsOf(...list.map(({ weight }) => weight)).map((backend, i) =>
      Object.assign(backend, { active: list[i]?.active ?? 0, total: list[i]?.active ?? 0 }),
    ),
  );

it('the strategies that go by the key, and those that go by weights, are known as such', () => {
  expect(byKey).toEqual(expect.arrayContaining(['ip-hash', 'consistent-hash', 'rendezvous', 'maglev']));
  expect(names.filter((name) => !byWeight.includes(name))).toEqual(['round-robin', 'ip-hash', 'first']);
  expect(names.filter((name) => !spreading.includes(name))).toEqual(['first']);
});

describe.each(names)('%s', (name) => {
  it('picks one of its candidates, whatever their weights and loads', () => {
    fc.assert(
      fc.property(arbitraryBackends, fc.integer(), fc.array(fc.string(), { maxLength: 20 }), (backends, seed, keys) => {
        const strategy = make(name, seed);
        for (const key of ['', ...keys]) expect(backends).toContain(strategy.pick(backends, keyed(key)));
      }),
    );
  });

  it('picks the only one there is', () => {
    const strategy = make(name);
    const [only] = backendsOf(1);
    const candidates = only === undefined ? [] : [only];
    for (let i = 0; i < 20; i++) expect(strategy.pick(candidates, client(i))).toBe(only);
  });

  it('picks the same again with the same seed', () => {
    const sequence = (): string[] => {
      const strategy = make(name, 42);
      const backends = backendsOf(3, 1, 2, 1, 5);
      return Array.from({ length: 200 }, (_, i) => strategy.pick(backends, client(i)).id);
    };
    expect(sequence()).toEqual(sequence());
  });

  it('keeps to lists that shrink, grow and change between picks', () => {
    const all = backendsOf(1, 2, 3, 1, 1, 2);
    const subset = fc.subarray(all, { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(subset, fc.nat(3)), { minLength: 1, maxLength: 40 }), (lists) => {
        const strategy = make(name);
        for (const [list, picks] of lists) {
          const frozen = Object.freeze([...list]);
          for (let i = 0; i <= picks; i++) expect(frozen).toContain(strategy.pick(frozen, client(i)));
        }
      }),
    );
  });

  it('leaves candidates and their list as they are', () => {
    const backends = backendsOf(3, 1, 2);
    const before = structuredClone(backends.map(({ url: _url, ...rest }) => rest));
    const frozen = Object.freeze(backends.map((backend) => Object.freeze(backend)));
    const strategy = make(name);
    for (let i = 0; i < 100; i++) {
      const backend = strategy.pick(frozen, client(i));
      strategy.onRelease?.(backend, answered());
    }
    expect(frozen.map(({ url: _url, ...rest }) => rest)).toEqual(before);
  });

  it('hears of every kind of end', () => {
    const strategy = make(name);
    const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
    for (const outcome of [answered(), aborted(), failed('FAIRLEAD_CONNECT'), failed('FAIRLEAD_RESPONSE_BODY', true)]) {
      // Also of a backend it has never picked: a pin may have.
      strategy.onRelease?.(b, outcome);
      strategy.onRelease?.(a, outcome);
    }
    expect([a, b]).toContain(strategy.pick([a, b], client(0)));
  });
});
