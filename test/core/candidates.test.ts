import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BackendInput, backendRecord } from '../../lib/core/backend.js';
import { Pool } from '../../lib/core/pool.js';
import { FakeClock } from '../support/clock.js';
import { backendsOf } from './fakes.js';

function poolOf(...weights: number[]) {
  const members = backendsOf(...weights);
  const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]];
  return { pool: new Pool(members), a, b, c, members };
}

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

/** A pool of backends a, b, c ... that these say more of. */
function placed(inputs: readonly Omit<BackendInput, 'url'>[], options: { zone?: string } = {}) {
  const members = inputs.map((input, i) =>
    backendRecord({ url: `http://10.0.0.${i + 1}`, id: String.fromCharCode(97 + i), ...input }),
  );
  const pool = new Pool(members, { clock: new FakeClock(), ...options });
  const of = (id: string) => pool.find(id) ?? backendRecord({ url: 'http://nobody' });
  const ids = (...tried: string[]) =>
    pool
      .available(tried.map(of))
      .map(({ id }) => id)
      .join('');
  const reasons = () => members.map((backend) => pool.leftOut(backend) ?? '-').join(' ');
  const drain = (...all: string[]) => {
    for (const id of all) pool.setState(of(id), 'drain');
  };
  const ready = (...all: string[]) => {
    for (const id of all) pool.setState(of(id), 'ready');
  };
  return { pool, of, ids, reasons, drain, ready };
}

describe('tiers', () => {
  const three = [{}, { backup: true }, {}, { priority: 2 }, { priority: 1 }];

  it('take over when nothing of the one before is available, and hand back when something is', () => {
    const { ids, reasons, drain, ready } = placed(three);
    expect([ids(), reasons()]).toEqual(['ac', '- tier - tier tier']);
    drain('a');
    expect([ids(), reasons()]).toEqual(['c', 'drain tier - tier tier']);
    drain('c');
    expect([ids(), reasons()]).toEqual(['be', 'drain - drain tier -']);
    drain('b', 'e');
    expect([ids(), reasons()]).toEqual(['d', 'drain drain drain - drain']);
    drain('d');
    expect([ids(), reasons()]).toEqual(['', 'drain drain drain drain drain']);
    ready('e');
    expect(ids()).toBe('e');
    ready('c');
    expect(ids()).toBe('c');
    ready('a', 'b', 'd');
    expect([ids(), reasons()]).toEqual(['ac', '- tier - tier tier']);
  });

  it('are left one after the other by a request that has tried them', () => {
    const { ids } = placed(three);
    expect([ids('a'), ids('a', 'c'), ids('a', 'c', 'b'), ids('a', 'c', 'e', 'b'), ids(...'abcde')]).toEqual([
      'c',
      'be',
      'e',
      'd',
      '',
    ]);
  });

  it('that wait do not change the list of those that do not', () => {
    const { pool, of } = placed(three);
    const before = pool.available();
    pool.available([of('a'), of('c')]);
    expect(pool.available()).toBe(before);
  });

  it('need not begin at 0', () => {
    expect(placed([{ priority: 5 }, { priority: 3 }, { priority: 3 }]).ids()).toBe('bc');
  });

  it('keep a client that is pinned to a backup there, but let nobody choose it', () => {
    const { pool, of } = placed(three);
    expect(pool.acceptsPinned(of('b'), [])).toBe(true);
    expect(pool.chosen(of('b'), pool.available())).toBeUndefined();
    expect(pool.chosen(of('b'), pool.available([of('a'), of('c')]))).toBe(of('b'));
  });
});

describe('a zone', () => {
  const eu = { zone: 'eu-1' };
  const us = { zone: 'us-1' };

  it('has its own backends preferred, within a tier, before the next tier', () => {
    const inputs = [us, eu, {}, eu, { ...eu, backup: true }, { ...us, backup: true }];
    const { ids, reasons, drain, ready } = placed(inputs, { zone: 'eu-1' });
    expect([ids(), reasons()]).toEqual(['bd', 'zone - zone - tier tier']);
    drain('b');
    expect(ids()).toBe('d');
    drain('d');
    expect([ids(), reasons()]).toEqual(['ac', '- drain - drain tier tier']);
    drain('a', 'c');
    expect([ids(), reasons()]).toEqual(['e', 'drain drain drain drain - zone']);
    drain('e');
    expect(ids()).toBe('f');
    ready('d');
    expect(ids()).toBe('d');
  });

  it('is left for the others by a request that has tried its own', () => {
    const { ids } = placed([us, eu, { ...eu, backup: true }, { ...us, backup: true }], { zone: 'eu-1' });
    expect([ids('b'), ids('b', 'a'), ids('b', 'a', 'c')]).toEqual(['a', 'c', 'd']);
  });

  it('without backends of its own prefers nobody, and of backends nothing matters without it', () => {
    expect(placed([us, eu, {}], { zone: 'ap-1' }).ids()).toBe('abc');
    expect(placed([us, eu, {}]).ids()).toBe('abc');
  });
});

it('home is who would be asked if everybody were available, whatever is', () => {
  const inputs = [{ zone: 'us' }, { zone: 'eu' }, { zone: 'eu', backup: true }, { zone: 'eu' }];
  const { pool, drain } = placed(inputs, { zone: 'eu' });
  const { home } = pool;
  expect(home.map(({ id }) => id)).toEqual(['b', 'd']);
  drain('b', 'd');
  expect(pool.home).toBe(home);
  expect(placed(inputs).pool.home.map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  expect(new Pool([]).home).toEqual([]);
});

it('candidates, reasons and tiers agree, whatever is declared and whoever drains', () => {
  const input = fc.record({ priority: fc.nat(2), zone: fc.constantFrom('eu', 'us', undefined), drains: fc.boolean() });
  const tries = fc.array(fc.nat(7), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(input, { maxLength: 8 }), fc.constantFrom('eu', undefined), tries, (inputs, zone, indexes) => {
      const records = inputs.map(({ priority, zone: own }, i) =>
        backendRecord({ url: 'http://a', id: String(i), priority, zone: own }),
      );
      const pool = new Pool(records, { zone });
      for (const [i, { drains }] of inputs.entries()) {
        const backend = records[i];
        if (backend !== undefined && drains) pool.setState(backend, 'drain');
      }
      for (const tried of [[], records.filter((_, i) => indexes.includes(i))]) {
        const open = records.filter((backend) => backend.state === 'ready' && !tried.includes(backend));
        const candidates = pool.available(tried);
        // Nobody who could be asked is passed over for one who stands behind.
        const rank = (backend: (typeof records)[0]) =>
          2 * backend.priority + (zone === undefined || backend.zone === zone ? 0 : 1);
        const best = Math.min(...open.map(rank));
        const outside = open.filter((backend) => rank(backend) === best);
        expect(candidates).toEqual(outside);
        if (tried.length > 0) continue;
        for (const backend of records) {
          expect(pool.leftOut(backend) === undefined).toBe(candidates.includes(backend));
          expect(pool.chosen(backend, candidates)).toBe(candidates.includes(backend) ? backend : undefined);
        }
      }
    }),
  );
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
