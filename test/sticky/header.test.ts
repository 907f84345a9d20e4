import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { headerSticky } from '../../lib/sticky/header.js';
import { affinityEnvironment, backendsOf, fakeExchange, homeBy } from '../core/fakes.js';

const pool = new Pool(backendsOf(1, 1, 1));
const home = (headers: readonly string[], hash?: boolean) =>
  homeBy(headerSticky.create({ name: 'X-Server', hash }, affinityEnvironment()), fakeExchange({ headers }), pool);

describe('sticky by a header', () => {
  it.each<[readonly string[], string | undefined]>([
    [['x-server', 'b'], 'b'],
    [['X-SERVER', 'c'], 'c'],
    [['X-Server', 'z'], 'ignored'],
    [['X-Server', 'a', 'X-Server', 'b'], 'ignored'],
    [['X-Server', ''], undefined],
    [[], undefined],
  ])('%j: %s', (headers, expected) => {
    expect(home(headers)).toBe(expected);
  });

  it('hashes any key where it is told to', () => {
    const homes = Array.from({ length: 50 }, (_, i) => home(['X-Server', `tenant-${i}`], true));
    expect(new Set(homes)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('does not take what every object has for a header', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const affinity = headerSticky.create({ name, hash: true }, affinityEnvironment());
      expect(homeBy(affinity, fakeExchange(), pool)).toBeUndefined();
    }
  });

  it.each([{}, { name: '' }, { name: 'a b' }, { name: 'x', hash: 'yes' }])('refuses %j', (options) => {
    expect(headerSticky.options.safeParse(options).success).toBe(false);
  });
});
