import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../lib/util/nearest.js';

const STRATEGIES = ['p2c', 'round-robin', 'weighted-round-robin', 'random', 'least-connections', 'ip-hash'];

describe('nearest', () => {
  it.each([
    ['round-robbin', 'round-robin'],
    ['roundrobin', 'round-robin'],
    ['round_robin', 'round-robin'],
    ['RoundRobin', 'round-robin'],
    ['Round Robin', 'round-robin'],
    ['weightedRoundRobin', 'weighted-round-robin'],
    ['radnom', 'random'],
    ['p2', 'p2c'],
    ['pc2', 'p2c'],
    ['leastConnections', 'least-connections'],
    // As HAProxy and nginx have them.
    ['leastconn', 'least-connections'],
    ['least_conn', 'least-connections'],
    ['ip_hash', 'ip-hash'],
    ['iphash', 'ip-hash'],
    ['weighted', 'weighted-round-robin'],
    ['rand', 'random'],
    ['ip', undefined],
    ['least-busy', undefined],
    ['xyzzy', undefined],
    ['sticky', undefined],
  ])('%s: %s', (word, meant) => {
    expect(nearest(word, STRATEGIES)).toBe(meant);
  });

  it('prefers the closer word', () => {
    expect(nearest('timeot', ['timeouts', 'timeout'])).toBe('timeout');
  });

  it('takes the beginning of a word for it, where it is the beginning of no other', () => {
    expect(nearest('time', ['timeouts', 'trustProxy'])).toBe('timeouts');
    expect(nearest('requ', ['requestHeaders', 'requestId'])).toBeUndefined();
    expect(nearest('', ['timeouts'])).toBeUndefined();
  });

  it('knows nothing when there is nothing to know', () => {
    expect(nearest('anything', [])).toBeUndefined();
  });

  it('finds a known word itself, and one with a letter changed, left out, put in or swapped', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STRATEGIES.filter((name) => name.length > 5)),
        fc.nat(),
        fc.constantFrom('change' as const, 'drop' as const, 'add' as const, 'swap' as const),
        (name, seed, edit) => {
          const at = seed % (name.length - 1);
          const [before, here, behind] = [name.slice(0, at), name[at], name.slice(at + 1)];
          const typo = {
            change: `${before}#${behind}`,
            drop: before + behind,
            add: `${before}#${here}${behind}`,
            swap: `${before}${behind[0]}${here}${behind.slice(1)}`,
          }[edit];
          expect(nearest(typo, STRATEGIES)).toBe(name);
        },
      ),
    );
  });

  it('does not work long on a hostile key', () => {
    const since = process.hrtime.bigint();
    expect(nearest('p2c'.repeat(500_000), STRATEGIES)).toBeUndefined();
    expect(process.hrtime.bigint() - since).toBeLessThan(100_000_000n);
  });
});
