import { describe, expect, it } from 'vitest';
import { Derived } from '../../lib/util/derived.js';

interface Member {
  weight: number;
}

function setup() {
  let made = 0;
  const derived = new Derived<Member, number>(() => ++made);
  const members: Member[] = [{ weight: 1 }, { weight: 2 }, { weight: 3 }];
  return { derived, members };
}

describe('what is derived from a list', () => {
  it('is made once for an array, and for another with the same in it', () => {
    const { derived, members } = setup();
    expect(derived.of(members)).toBe(1);
    expect(derived.of(members)).toBe(1);
    expect(derived.of([...members])).toBe(1);
  });

  it('is made anew for other members, another order and other weights', () => {
    const { derived, members } = setup();
    derived.of(members);
    expect(derived.of(members.slice(1))).toBe(2);
    expect(derived.of(members.toReversed())).toBe(3);
    for (const member of members) member.weight *= 2;
    expect(derived.of([...members])).toBe(4);
  });

  it('is kept for a list that comes back, but not for ever', () => {
    const { derived, members } = setup();
    derived.of(members);
    derived.of(members.slice(1));
    expect(derived.of([...members])).toBe(1);
    for (let i = 0; i < 4; i++) derived.of([{ weight: 1 }]);
    expect(derived.of([...members])).toBe(7);
  });
});
