import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { Pool } from '../../lib/core/pool.js';
import { backendsOf } from './fakes.js';

function poolOf(...weights: number[]) {
  const members = backendsOf(...weights);
  const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]];
  return { pool: new Pool(members), a, b, c, members };
}

describe('members', () => {
  it('are those given, in order, and cannot be changed from outside', () => {
    const { pool, members } = poolOf(1, 1, 1);
    expect(pool.members).toEqual(members);
    members.pop();
    expect(pool.members).toHaveLength(3);
    expect(Object.isFrozen(pool.members)).toBe(true);
  });

  it('are found by id', () => {
    const { pool, b } = poolOf(1, 1, 1);
    expect(pool.find('b')).toBe(b);
    expect(pool.find('nobody')).toBeUndefined();
    expect(pool.find('__proto__')).toBeUndefined();
  });

  it('may be none', () => {
    expect(new Pool([]).available()).toEqual([]);
  });
});

describe('available', () => {
  it('is the same array object until a state changes', () => {
    const { pool, b } = poolOf(1, 1, 1);
    const before = pool.available();
    expect(pool.available()).toBe(before);
    expect(pool.available([])).toBe(before);
    pool.available([b]);
    expect(pool.available()).toBe(before);
    b.active++;
    expect(pool.available()).toBe(before);
    pool.setState(b, 'drain');
    expect(pool.available()).not.toBe(before);
    expect(pool.available()).toBe(pool.available());
  });

  it('leaves out who drains, and leaves lists given out before as they were', () => {
    const { pool, a, b, c } = poolOf(1, 1, 1);
    const before = pool.available();
    pool.setState(b, 'drain');
    expect(pool.available()).toEqual([a, c]);
    expect(before).toEqual([a, b, c]);
    pool.setState(b, 'ready');
    expect(pool.available()).toEqual([a, b, c]);
  });

  it('leaves out those already tried', () => {
    const { pool, a, b, c } = poolOf(1, 1, 1);
    expect(pool.available([a])).toEqual([b, c]);
    expect(pool.available([c, a])).toEqual([b]);
    expect(pool.available([a, b, c])).toEqual([]);
  });

  it('is, whatever happened, who is ready, in order of declaration', () => {
    const step = fc.record({ index: fc.nat(4), state: fc.constantFrom('ready' as const, 'drain' as const) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const members = backendsOf(1, 1, 1, 1, 1);
        const pool = new Pool(members);
        for (const { index, state } of steps) {
          const backend = members[index];
          if (backend !== undefined) pool.setState(backend, state);
          expect(pool.available()).toEqual(members.filter((member) => member.state === 'ready'));
        }
      }),
    );
  });
});

describe('acceptsPinned', () => {
  it.each([
    ['ready', true],
    ['drain', true],
  ] as const)('a backend in state %s: %s', (state, accepted) => {
    const { pool, a } = poolOf(1, 1, 1);
    pool.setState(a, state);
    expect(pool.acceptsPinned(a, [])).toBe(accepted);
  });

  it('not one that was already tried', () => {
    const { pool, a, b } = poolOf(1, 1, 1);
    expect(pool.acceptsPinned(a, [a])).toBe(false);
    expect(pool.acceptsPinned(a, [b])).toBe(true);
  });
});

describe('chosen', () => {
  it('is the record of an open member', () => {
    const { pool, b } = poolOf(1, 1, 1);
    expect(pool.chosen(b, pool.available())).toBe(b);
  });

  it('refuses a stranger that has the id of a member', () => {
    const { pool } = poolOf(1, 1, 1);
    expect(pool.chosen(backendRecord({ url: 'http://10.9.9.9', id: 'b' }), pool.available())).toBeUndefined();
  });

  it('refuses who has been tried already', () => {
    const { pool, b } = poolOf(1, 1, 1);
    expect(pool.chosen(b, pool.available([b]))).toBeUndefined();
  });

  it('refuses who drains', () => {
    const { pool, b } = poolOf(1, 1, 1);
    pool.setState(b, 'drain');
    expect(pool.chosen(b, pool.available())).toBeUndefined();
  });

  it.each([undefined, null, {}, 'b', 1])('refuses %s, which a strategy of one’s own might return', (choice) => {
    const { pool } = poolOf(1, 1, 1);
    expect(pool.chosen(choice as never, pool.available())).toBeUndefined();
  });
});
