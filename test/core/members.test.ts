import { describe, expect, it } from 'vitest';
import { type BackendRecord, backendRecord } from '../../lib/core/backend.js';
import { Members } from '../../lib/core/members.js';
import { backendsOf } from './fakes.js';

/** As the pool has it. */
class Roster extends Members {
  adopt(list: readonly BackendRecord[]) {
    return this.move(list);
  }

  settle(): void {
    this.settleHome();
  }
}

describe('adopt', () => {
  it('says who came and who went', () => {
    const [a, b, c] = backendsOf(1, 1, 1);
    if (a === undefined || b === undefined || c === undefined) throw new Error('three were made');
    const members = new Roster([a, b], undefined);
    expect(members.adopt([b, c])).toEqual({ joined: [c], left: [a], onlyLeft: false });
    expect(members.members).toEqual([b, c]);
    expect(Object.isFrozen(members.members)).toBe(true);
    expect([members.find('a'), members.find('c')]).toEqual([undefined, c]);
    expect(members.adopt([b])).toEqual({ joined: [], left: [c], onlyLeft: true });
  });

  it('of the same backends in the same order changes nothing, in another order the list', () => {
    const [a, b] = backendsOf(1, 1);
    if (a === undefined || b === undefined) throw new Error('two were made');
    const members = new Roster([a, b], undefined);
    const { members: list, home } = members;
    members.adopt([a, b]);
    expect(members.members).toBe(list);
    expect(members.adopt([b, a])).toEqual({ joined: [], left: [], onlyLeft: false });
    expect(members.members).toEqual([b, a]);
    expect(members.home).not.toBe(home);
  });

  it('takes one that has come under another’s id', () => {
    const [a] = backendsOf(1);
    if (a === undefined) throw new Error('one was made');
    const members = new Roster([a], undefined);
    const other = backendRecord({ url: 'http://10.0.0.9:3000', id: 'a' });
    expect(members.adopt([other])).toMatchObject({ joined: [other], left: [a] });
    expect(members.find('a')).toBe(other);
  });
});

it('departed are those with requests under way', () => {
  const [a, b] = backendsOf(1, 1);
  if (a === undefined || b === undefined) throw new Error('two were made');
  const members = new Roster([a, b], undefined);
  a.active = 1;
  members.adopt([]);
  expect(members.departed).toEqual([a]);
  a.active = 0;
  expect(members.departed).toEqual([]);
});

it('home stays the same array while the same are at home', () => {
  const [a, b] = backendsOf(1, 1);
  const backup = backendRecord({ url: 'http://10.0.0.9:3000', backup: true });
  if (a === undefined || b === undefined) throw new Error('two were made');
  const members = new Roster([a, b, backup], undefined);
  const { home } = members;
  expect(home).toEqual([a, b]);
  members.adopt([a, b]);
  expect(members.home).toBe(home);
  b.priority = 2;
  members.settle();
  expect(members.home).toEqual([a]);
});
