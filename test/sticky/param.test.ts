import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { paramSticky } from '../../lib/sticky/param.js';
import { affinityEnvironment, backendsOf, fakeExchange, homeBy } from '../core/fakes.js';

const pool = new Pool(backendsOf(1, 1, 1));
const home = (url: string, hash?: boolean) =>
  homeBy(paramSticky.create({ name: 'server', hash }, affinityEnvironment()), fakeExchange({ url }), pool);

describe('sticky by a parameter', () => {
  it.each([
    ['/?server=b', 'b'],
    ['/x?a=1&server=c&server=a', 'c'],
    ['/?server=%62', 'b'],
    ['/?server=z', 'ignored'],
    ['/?server=', undefined],
    ['/?Server=b', undefined],
    ['/server=b', undefined],
    ['/', undefined],
  ])('%s: %s', (url, expected) => {
    expect(home(url)).toBe(expected);
  });

  it('hashes any key where it is told to', () => {
    const homes = Array.from({ length: 50 }, (_, i) => home(`/?server=tenant-${i}`, true));
    expect(new Set(homes)).toEqual(new Set(['a', 'b', 'c']));
    expect(home('/?x=1&server=tenant-7', true)).toBe(homes[7]);
  });

  it.each([{}, { name: '' }, { name: 7 }, { name: 'x', hash: 1 }])('refuses %j', (options) => {
    expect(paramSticky.options.safeParse(options).success).toBe(false);
  });
});
