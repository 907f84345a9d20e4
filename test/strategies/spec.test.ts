import { describe, expect, it } from 'vitest';
import type { Strategy } from '../../lib/core/strategy.js';
import { createBackend } from '../../lib/create-backend.js';
import { strategies } from '../../lib/strategies/index.js';
import { createStrategy, type StrategySpec, strategySchema } from '../../lib/strategies/spec.js';
import { backendsOf, contextOf, thrownBy } from '../core/fakes.js';
import { scriptedRandom } from '../support/random.js';

const problems = (spec: unknown) => thrownBy(() => createStrategy(spec as StrategySpec)).problems;
const names = Object.keys(strategies).join(', ');

describe('createStrategy', () => {
  it('makes a strategy of a name, of a name with options, and of none', () => {
    const backends = backendsOf(1);
    const specs: StrategySpec[] = ['p2c', ['ip-hash', { ipv6Prefix: 56 }], ['round-robin', {}]];
    for (const spec of specs) expect(createStrategy(spec).pick(backends, contextOf())).toBe(backends[0]);
    expect(createStrategy(['p2c'] as never).pick(backends, contextOf())).toBe(backends[0]);
  });

  it('says where the problems are, and so does createBackend', () => {
    expect(() => createStrategy('p3c' as never)).toThrow(/^1 problem with createStrategy\(\):\n/);
    expect(() => createBackend('localhost:1')).toThrow(/^1 problem with createBackend\(\):\n/);
  });

  it('gives back a strategy of one’s own', () => {
    const own: Strategy = { pick: (candidates) => candidates[0] as never };
    expect(createStrategy(own)).toBe(own);
  });

  it('makes a new one each time', () => {
    const backends = backendsOf(1, 1);
    const [first, second] = [createStrategy('round-robin'), createStrategy('round-robin')];
    first.pick(backends, contextOf());
    expect(second.pick(backends, contextOf()).id).toBe('a');
  });

  it('hands chance on', () => {
    const random = scriptedRandom(0.99);
    expect(createStrategy('random', { random }).pick(backendsOf(1, 1), contextOf()).id).toBe('b');
  });

  it('names a misspelt strategy’s likely meaning', () => {
    expect(problems('round-robbin')).toEqual([
      { path: '', value: 'round-robbin', rule: "there is no such strategy; did you mean 'round-robin'?" },
    ]);
    expect(problems(['round-robbin', {}])).toEqual([
      { path: '[0]', value: 'round-robbin', rule: "there is no such strategy; did you mean 'round-robin'?" },
    ]);
  });

  it.each([undefined, null, 7, {}, { pick: 'me' }, () => 1])('refuses %o with the names there are', (spec) => {
    expect(problems(spec)).toEqual([{ path: '', value: spec, rule: `one of ${names}` }]);
  });

  it.each([[[]], [['p2c', {}, {}]]])('refuses the list %j', (spec) => {
    expect(problems(spec)).toEqual([
      { path: '', value: spec, rule: 'a name, [name, options], or an object with pick()' },
    ]);
  });

  it.each(Object.keys(strategies))('%s: an unknown option is refused, by name', (name) => {
    expect(problems([name, { colour: 'red' }])).toMatchObject([{ path: '[1].colour', value: 'red' }]);
  });

  it.each(Object.keys(strategies))('%s: null is not "no options"', (name) => {
    expect(problems([name, null])).toMatchObject([{ path: '[1]', value: null }]);
  });

  it.each([0, 129, 64.5, '64', null])('ip-hash: no ipv6Prefix of %j', (ipv6Prefix) => {
    expect(problems(['ip-hash', { ipv6Prefix }])).toMatchObject([{ path: '[1].ipv6Prefix', value: ipv6Prefix }]);
  });
});

describe('strategySchema', () => {
  it('knows the name, for statistics', () => {
    expect(strategySchema.parse('random').name).toBe('random');
    expect(strategySchema.parse(['ip-hash', {}]).name).toBe('ip-hash');
    expect(strategySchema.parse({ pick: () => undefined }).name).toBe('custom');
  });
});

it.each(['consistent-hash', 'rendezvous', 'maglev'] as const)('%s says whether it goes by address', (name) => {
  expect(createStrategy(name).byAddress).toBe(true);
  expect(createStrategy([name, { key: 'path' }]).byAddress).toBe(false);
});
