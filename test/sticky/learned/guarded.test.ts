import { describe, expect, it } from 'vitest';
import { PATIENCE, REST } from '../../../lib/core/guard.js';
import { GuardedStore } from '../../../lib/sticky/learned/guarded.js';
import type { StickyStore } from '../../../lib/sticky/learned/store.js';
import { FakeClock } from '../../support/clock.js';

function house(store: Partial<StickyStore>) {
  const clock = new FakeClock();
  const failures: [string, unknown][] = [];
  const threw = (what: string, cause: unknown) => void failures.push([what, cause]);
  const whole = { get: () => undefined, set: () => undefined, delete: () => undefined, ...store };
  return { clock, failures, guarded: new GuardedStore(whole, { clock, ttl: 1000, threw }) };
}

const never = new Promise<never>(() => {});

describe('a store that works', () => {
  it('at once is asked at once', () => {
    const { guarded } = house({ get: (session) => `backend of ${session}` });
    expect(guarded.get('s')).toBe('backend of s');
  });

  it('later is waited for, and no timer is left', async () => {
    const { clock, guarded } = house({ get: async () => 'a' });
    expect(await guarded.get('s')).toBe('a');
    expect(clock.pending).toBe(0);
  });

  it.each([null, undefined])('and says %j says nothing', async (value) => {
    const { guarded, failures } = house({ get: () => value });
    expect(guarded.get('s')).toBeUndefined();
    expect(await house({ get: async () => value }).guarded.get('s')).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it.each([7, {}, ['a'], Buffer.from('a')])(
    'but says %j, which is no id, has failed, and that is told once',
    async (value) => {
      for (const get of [() => value, async () => value]) {
        const { guarded, failures } = house({ get: get as never });
        for (let i = 0; i < 3; i++) expect(await guarded.get('s')).toBeUndefined();
        expect(failures).toEqual([["the sticky store's get failed", expect.any(TypeError)]]);
      }
    },
  );

  it('is given the time a session has', () => {
    const calls: unknown[] = [];
    const { guarded } = house({ set: (...args) => calls.push(args), delete: (...args) => calls.push(args) });
    guarded.set('s', 'a');
    guarded.delete('s');
    expect(calls).toEqual([['s', 'a', 1000], ['s']]);
  });
});

describe('what is being written', () => {
  it('is read back before the store has it', async () => {
    let stored: () => void = () => {};
    const { guarded } = house({
      get: () => 'old',
      set: () =>
        new Promise<void>((resolve) => {
          stored = resolve;
        }),
    });
    guarded.set('s', 'new');
    expect(guarded.get('s')).toBe('new');
    expect(guarded.get('other')).toBe('old');
    stored();
    await new Promise((resolve) => setImmediate(resolve));
    expect(guarded.get('s')).toBe('old');
  });

  it('is given up when the store takes too long', async () => {
    const { clock, failures, guarded } = house({ get: () => 'old', set: () => never, delete: () => never });
    guarded.set('s', 'new');
    guarded.delete('t');
    expect(guarded.get('t')).toBeUndefined();
    clock.advance(PATIENCE);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(REST);
    expect(guarded.get('s')).toBe('old');
    expect(guarded.get('t')).toBe('old');
    expect(failures.length).toBe(1);
  });
});

describe('a store that hangs', () => {
  /** One that hangs while `hangs` says so; counts how often it is asked. */
  function hanging() {
    const state = { hangs: true, asked: 0 };
    const answer = (): Promise<string> => {
      state.asked++;
      return state.hangs ? never : Promise.resolve('a');
    };
    return { state, ...house({ get: answer, set: answer, delete: answer }) };
  }

  it('is left alone for a while, and told of once', async () => {
    const { state, clock, failures, guarded } = hanging();
    const waiting = [guarded.get('s'), guarded.get('t')];
    clock.advance(PATIENCE);
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    for (let i = 0; i < 10; i++) {
      clock.advance(REST / 10 - 1);
      // At once, and not after a wait.
      expect(guarded.get('s')).toBeUndefined();
      guarded.set('s', 'a');
      guarded.delete('t');
    }
    expect([state.asked, failures.length, clock.pending]).toEqual([2, 1, 0]);
  });
});

describe('a store that fails', () => {
  const cause = new Error('down');
  const throws = (): never => {
    throw cause;
  };
  const rejects = async (): Promise<never> => throws();

  it.each([
    ['throws', throws],
    ['rejects', rejects],
  ])('and %s is as one that knows nothing, and is told of once', async (_how, fails) => {
    const { failures, guarded } = house({ get: fails, set: fails, delete: fails });
    for (let i = 0; i < 3; i++) {
      expect(await guarded.get('s')).toBeUndefined();
      guarded.set('s', 'a');
      guarded.delete('s');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(failures).toEqual([["the sticky store's get failed", cause]]);
  });

  it('is not felt by explain either', () => {
    expect(house({ peek: throws }).guarded.peek('s')).toBeUndefined();
    expect(house({ peek: () => 'a' }).guarded.peek('s')).toBe('a');
    expect(house({}).guarded.peeks).toBe(false);
  });
});
