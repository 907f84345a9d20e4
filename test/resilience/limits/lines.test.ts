import { expect, it } from 'vitest';
import type { BackendRecord } from '../../../lib/core/backend.js';
import { Lines } from '../../../lib/resilience/limits/lines.js';
import { backendsOf } from '../../core/fakes.js';

interface One {
  readonly number: number;
  leave: () => void;
}

function house() {
  const [a, b] = backendsOf(1, 1) as [BackendRecord, BackendRecord];
  const lines = new Lines<One>();
  let number = 0;
  const add = (pinned?: BackendRecord, tried: readonly BackendRecord[] = []): number => {
    const one: One = { number: number++, leave: () => {} };
    one.leave = lines.add(one, { pinned, tried });
    return one.number;
  };
  /** Lets these go; says who was asked. */
  const advance = (to: BackendRecord | undefined, goes: readonly number[], busy: readonly BackendRecord[] = [a, b]) => {
    const asked: number[] = [];
    const go = (one: One): boolean => {
      asked.push(one.number);
      if (goes.includes(one.number)) one.leave();
      return goes.includes(one.number);
    };
    lines.advance(to, go, (pinned) => busy.includes(pinned));
    return asked;
  };
  return { a, b, lines, add, advance };
}

it('asks the first of each line that may go there, and of a line whose first cannot go nobody else', () => {
  const { a, b, add, advance } = house();
  add(a); // 0
  add(b); // 1
  add(); // 2
  add(); // 3
  add(undefined, [a]); // 4
  add(a); // 5
  expect(advance(a, [])).toEqual([0, 2, 4]);
  expect(advance(b, [])).toEqual([1, 2, 4]);
  expect(advance(a, [0, 2])).toEqual([0, 2, 3, 4, 5]);
  expect(advance(undefined, [])).toEqual([1, 3, 4, 5]);
});

it('asks those who are pinned to a backend that is lost whoever has room, until it is back', () => {
  const { a, b, add, advance } = house();
  add(a); // 0
  add(); // 1
  expect(advance(b, [])).toEqual([1]);
  advance(undefined, [], [b]);
  expect(advance(b, [])).toEqual([0, 1]);
  advance(undefined, [], [a, b]);
  expect(advance(b, [])).toEqual([1]);
});

it('those who tried the same, in whatever order, are one line', () => {
  const { a, b, add, advance } = house();
  add(undefined, [a, b]);
  add(undefined, [b, a]);
  expect(advance(a, [])).toEqual([0]);
  expect(advance(a, [0, 1])).toEqual([0, 1]);
});

it('those who tried one that has left and those who tried who came in its place, with its id, are two', () => {
  const { a, add, advance } = house();
  const again: BackendRecord = { ...a };
  add(undefined, [a]); // 0
  add(undefined, [again]); // 1
  add(undefined, [a]); // 2
  expect(advance(a, [])).toEqual([0, 1]);
  expect(advance(again, [1])).toEqual([0, 1]);
});

it('ids are not taken for lists of others', () => {
  const { a, b, add, advance } = house();
  add(undefined, [a, b]); // 0
  add(undefined, [{ ...a, id: `${a.id} ${b.id}` }]); // 1
  expect(advance(a, [])).toEqual([0, 1]);
});

it('gives everyone, so that each may leave', () => {
  const { a, lines, add, advance } = house();
  add();
  add(a);
  add();
  const left: number[] = [];
  for (const one of lines.all()) {
    one.leave();
    left.push(one.number);
  }
  expect(left.sort()).toEqual([0, 1, 2]);
  expect(advance(undefined, [])).toEqual([]);
});
