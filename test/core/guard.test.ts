import { describe, expect, it } from 'vitest';
import { Guard, PATIENCE, REST } from '../../lib/core/guard.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock();
  const failures: [string, unknown][] = [];
  const guard = new Guard({ clock, threw: (...told) => void failures.push(told) });
  let asked = 0;
  const ask = (run: () => unknown): unknown =>
    guard.ask('it failed', () => {
      asked++;
      return run();
    });
  return { clock, failures, ask, asked: () => asked };
}

const never = new Promise<never>(() => {});
const hangs = (): unknown => never;
const cause = new Error('down');
const throws = (): never => {
  throw cause;
};
const rejects = async (): Promise<never> => throws();

it('what works at once is answered at once, and later is waited for', async () => {
  const { clock, failures, ask } = house();
  expect(ask(() => 7)).toBe(7);
  const later = ask(async () => 8);
  expect(clock.pending).toBe(1);
  expect([await later, clock.pending, failures]).toEqual([8, 0, []]);
});

describe('who hangs', () => {
  it('is waited for no longer than a moment, and told of', async () => {
    const { clock, failures, ask } = house();
    const answer = ask(hangs);
    clock.advance(PATIENCE);
    expect(await answer).toBeUndefined();
    expect(failures).toMatchObject([['it failed', { message: 'no answer within 100 ms' }]]);
  });

  it('is then left alone for a while', () => {
    const { clock, failures, ask, asked } = house();
    ask(hangs);
    ask(hangs);
    clock.advance(PATIENCE);
    for (let i = 0; i < 10; i++) {
      clock.advance(REST / 10 - 1);
      expect(ask(hangs)).toBeUndefined();
    }
    expect([asked(), failures.length, clock.pending]).toEqual([2, 1, 0]);
  });

  it('is asked by one request when that is over; what that finds out is for all', async () => {
    const { clock, failures, ask, asked } = house();
    ask(hangs);
    clock.advance(PATIENCE + REST);
    const tried = ask(hangs);
    expect([tried instanceof Promise, ask(hangs), asked()]).toEqual([true, undefined, 2]);
    clock.advance(PATIENCE);
    expect([await tried, ask(hangs), asked()]).toEqual([undefined, undefined, 2]);
    clock.advance(REST);
    const works = async (): Promise<string> => 'a';
    expect(await ask(works)).toBe('a');
    expect(await Promise.all([ask(works), ask(works)])).toEqual(['a', 'a']);
    expect([failures.length, clock.pending]).toEqual([1, 0]);
  });

  it('is not taken for well by an answer that comes too late, nor told of again by a failure that does', async () => {
    const { clock, failures, ask, asked } = house();
    for (let i = 0; i < 4; i++) {
      const { promise, settle } = openPromise(i % 2 === 1);
      const waiting = ask(() => promise);
      clock.advance(PATIENCE);
      expect(await waiting).toBeUndefined();
      settle();
      await new Promise(setImmediate);
      expect(ask(hangs)).toBeUndefined();
      clock.advance(REST);
    }
    expect([asked(), failures.length]).toEqual([4, 1]);
  });
});

describe('who fails', () => {
  it.each([
    ['throws', throws],
    ['rejects', rejects],
  ])('and %s says nothing, is told of once, and asked each time: it has said so in time', async (_how, fails) => {
    const { failures, ask, asked } = house();
    for (let i = 0; i < 3; i++) expect(await ask(fails)).toBeUndefined();
    expect([asked(), failures]).toEqual([3, [['it failed', cause]]]);
  });

  it('again after it has worked is told of again', () => {
    const { failures, ask } = house();
    for (const run of [throws, () => 'a', throws]) ask(run);
    expect(failures).toHaveLength(2);
  });

  it('by a thenable that throws is as one that rejects', async () => {
    const broken = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then: throws,
    };
    const { clock, failures, ask } = house();
    expect(await ask(() => broken)).toBeUndefined();
    expect([failures, clock.pending]).toEqual([[['it failed', cause]], 0]);
  });
});

function openPromise(fails: boolean) {
  let settle = (): void => {};
  const promise = new Promise((resolve, reject) => {
    settle = fails ? () => reject(cause) : () => resolve('a');
  });
  return { promise, settle };
}
