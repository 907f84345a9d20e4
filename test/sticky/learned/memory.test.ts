import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../lib/sticky/learned/memory.js';
import { FakeClock } from '../../support/clock.js';

function house(maxEntries = 3, ttl = 1000) {
  const clock = new FakeClock(5000);
  return { clock, store: new MemoryStore(maxEntries, ttl, clock) };
}

describe('sessions in memory', () => {
  it('are kept, and forgotten when they are deleted', () => {
    const { store } = house();
    store.set('s', 'a');
    expect(store.get('s')).toBe('a');
    store.set('s', 'b');
    expect(store.get('s')).toBe('b');
    store.delete('s');
    expect(store.get('s')).toBeUndefined();
  });

  it('are no more than there is room for: the longest unused goes', () => {
    const { store } = house(3);
    for (const session of ['1', '2', '3']) store.set(session, 'a');
    store.get('1');
    store.set('4', 'a');
    expect(['1', '2', '3', '4'].map((session) => store.peek(session))).toEqual(['a', undefined, 'a', 'a']);
  });

  it('end when nobody asks for them within their time', () => {
    const { clock, store } = house();
    store.set('s', 'a');
    clock.advance(900);
    expect(store.get('s')).toBe('a');
    clock.advance(900);
    expect(store.get('s')).toBe('a');
    clock.advance(1001);
    expect(store.get('s')).toBeUndefined();
  });

  it('are no longer for being looked at', () => {
    const { clock, store } = house();
    store.set('s', 'a');
    clock.advance(900);
    expect(store.peek('s')).toBe('a');
    clock.advance(101);
    expect(store.peek('s')).toBeUndefined();
  });
});
