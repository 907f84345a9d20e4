import { describe, expect, it } from 'vitest';
import type { Found, PinnedAnswer } from '../../lib/core/affinity.js';
import { Pool } from '../../lib/core/pool.js';
import { type LearnStickyOptions, learnSticky } from '../../lib/sticky/learn.js';
import { affinityEnvironment, backendsOf, fakeExchange, foundBy, homeBy } from '../core/fakes.js';

function house(options: LearnStickyOptions) {
  const members = backendsOf(1, 1);
  const pool = new Pool(members);
  const environment = affinityEnvironment();
  const affinity = learnSticky.create(options, environment);
  const [a, b] = members as [(typeof members)[0], (typeof members)[0]];
  const answer = (backend: typeof a, headers: readonly string[] = [], found: Found = undefined): PinnedAnswer => {
    return { backend, found, status: 200, headers };
  };
  return { ...environment, affinity, a, b, pool, answer };
}

const cookie = (value: string) => fakeExchange({ headers: ['Cookie', `sid=${value}`] });

describe('by the app’s own session cookie', () => {
  it('a session is pinned to the backend that began it, and nothing is added to answers', () => {
    const { affinity, a, b, pool, answer } = house({ cookie: 'sid' });
    expect(homeBy(affinity, cookie('1'), pool)).toBeUndefined();
    expect(affinity.pin?.(fakeExchange(), answer(b, ['Set-Cookie', 'sid=1']))).toEqual([]);
    affinity.pin?.(fakeExchange(), answer(a, ['Set-Cookie', 'sid=2']));
    expect(homeBy(affinity, cookie('1'), pool)).toBe('b');
    expect(homeBy(affinity, cookie('2'), pool)).toBe('a');
    expect(affinity.cookie).toBeUndefined();
  });

  it('it follows when its backend is lost, or is no more', () => {
    const { affinity, a, b, pool, answer } = house({ cookie: 'sid' });
    affinity.pin?.(fakeExchange(), answer(b, ['Set-Cookie', 'sid=1']));
    affinity.pin?.(cookie('1'), answer(a, [], b));
    expect(homeBy(affinity, cookie('1'), pool)).toBe('a');
    const smaller = new Pool([b]);
    expect(homeBy(affinity, cookie('1'), smaller)).toBe('ignored');
    affinity.pin?.(cookie('1'), answer(b, [], 'ignored'));
    expect(homeBy(affinity, cookie('1'), smaller)).toBe('b');
  });

  it('one that only the client knows of is nobody’s', () => {
    const { affinity, a, pool, answer } = house({ cookie: 'sid' });
    affinity.pin?.(cookie('made-up'), answer(a));
    expect(homeBy(affinity, cookie('made-up'), pool)).toBeUndefined();
  });

  it('is forgotten when the app takes its cookie back', () => {
    const { affinity, a, pool, answer } = house({ cookie: 'sid' });
    affinity.pin?.(fakeExchange(), answer(a, ['Set-Cookie', 'sid=1']));
    affinity.pin?.(cookie('1'), answer(a, ['Set-Cookie', 'sid=; Max-Age=0'], a));
    expect(homeBy(affinity, cookie('1'), pool)).toBeUndefined();
  });

  it('is forgotten when it is not used, or when there are too many', () => {
    const { affinity, a, clock, pool, answer } = house({ cookie: 'sid', ttl: 1000, maxEntries: 2 });
    for (const id of ['1', '2', '3']) affinity.pin?.(fakeExchange(), answer(a, ['Set-Cookie', `sid=${id}`]));
    expect(['1', '2', '3'].map((id) => homeBy(affinity, cookie(id), pool))).toEqual([undefined, 'a', 'a']);
    clock.advance(1001);
    expect(homeBy(affinity, cookie('2'), pool)).toBeUndefined();
  });

  it('explain leaves no trace', () => {
    const { affinity, a, clock, pool, answer } = house({ cookie: 'sid', ttl: 1000 });
    affinity.pin?.(fakeExchange(), answer(a, ['Set-Cookie', 'sid=1']));
    clock.advance(900);
    expect(affinity.peek?.(cookie('1'), pool)).toBe(a);
    clock.advance(101);
    expect(affinity.peek?.(cookie('1'), pool)).toBeUndefined();
    expect(affinity.peek?.(fakeExchange(), pool)).toBeUndefined();
  });
});

describe('by socket.io’s sid', () => {
  const handshake = () => fakeExchange({ url: '/socket.io/?EIO=4&transport=polling' });
  const session = (sid: string) => fakeExchange({ url: `/socket.io/?EIO=4&transport=websocket&sid=${sid}` });

  it.each([1, 3, 7, 1000])('which is learned from the handshake’s answer, in pieces of %i bytes', (size) => {
    const { affinity, b, pool, answer } = house({ query: 'sid' });
    const look = affinity.look?.(handshake(), answer(b));
    const body = Buffer.from('0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000}');
    let more = true;
    for (let at = 0; at < body.length && more; at += size) more = look?.(body.subarray(at, at + size)) ?? false;
    expect(more).toBe(false);
    expect(homeBy(affinity, session('abc'), pool)).toBe('b');
  });

  it('and not for longer than 512 bytes', () => {
    const { affinity, a, pool, answer } = house({ query: 'sid' });
    const look = affinity.look?.(handshake(), answer(a));
    expect(look?.(Buffer.alloc(511, ' '))).toBe(true);
    expect(look?.(Buffer.from(' {"sid":"abc"}'))).toBe(false);
    expect(homeBy(affinity, session('abc'), pool)).toBeUndefined();
  });

  it('which moves with its session', () => {
    const { affinity, a, b, pool, answer } = house({ query: 'sid' });
    affinity.look?.(handshake(), answer(b))?.(Buffer.from('0{"sid":"abc"}'));
    affinity.pin?.(session('abc'), answer(a, [], b));
    expect(homeBy(affinity, session('abc'), pool)).toBe('a');
  });
});

describe('a store of one’s own', () => {
  it('that answers later is waited for', async () => {
    const kept = new Map<string, string>();
    const store = {
      get: async (key: string) => kept.get(key),
      set: async (key: string, id: string) => void kept.set(key, id),
      delete: async (key: string) => void kept.delete(key),
    };
    const { affinity, a, pool, answer } = house({ cookie: 'sid', store });
    affinity.pin?.(fakeExchange(), answer(a, ['Set-Cookie', 'sid=1']));
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept).toEqual(new Map([['1', 'a']]));
    const found = affinity.find(cookie('1'), pool);
    expect(found).toBeInstanceOf(Promise);
    expect(await found).toBe(a);
    kept.set('1', 'gone');
    expect(await affinity.find(cookie('1'), pool)).toBe('ignored');
    // Without a session there is nothing to ask for, and nothing to wait for.
    expect(foundBy(affinity, fakeExchange(), pool)).toBeUndefined();
    expect(affinity.peek?.(cookie('1'), pool)).toBe('unasked');
  });

  it('that fails is told of', () => {
    const throws = (): never => {
      throw new Error('down');
    };
    const { affinity, failures, pool } = house({ cookie: 'sid', store: { get: throws, set: throws, delete: throws } });
    expect(foundBy(affinity, cookie('1'), pool)).toBeUndefined();
    expect(failures).toHaveLength(1);
  });
});

describe('options', () => {
  it.each([{ cookie: 'sid' }, { query: 'sid', ttl: '1d', maxEntries: 1 }, { cookie: 'sid', store: new Map() }])(
    'take %o',
    (options) => {
      expect(learnSticky.options.safeParse(options).success).toBe(true);
    },
  );

  it.each([
    {},
    { cookie: 'a', query: 'b' },
    { cookie: '' },
    { cookie: 'a', ttl: 0 },
    { cookie: 'a', maxEntries: 0 },
    { cookie: 'a', maxEntries: 1.5 },
    { cookie: 'a', store: {} },
  ])('refuse %j', (options) => {
    expect(learnSticky.options.safeParse(options).success).toBe(false);
  });
});
