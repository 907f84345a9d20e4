import { describe, expect, it } from 'vitest';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { FakeClock } from '../support/clock.js';

const told = (text: string, same?: string) => ({
  balancer: 'api',
  backend: 'a',
  level: 'bad' as const,
  text,
  ...(same !== undefined && { same }),
});

describe('Timeline', () => {
  it('tells what has happened since it was last asked', () => {
    const timeline = new Timeline(new FakeClock());
    timeline.add(told('one'));
    const before = timeline.latest;
    timeline.add(told('two'));
    expect(timeline.since(before)).toMatchObject([
      { balancer: 'api', backend: 'a', level: 'bad', text: 'two', count: 1 },
    ]);
    expect(timeline.since(timeline.latest)).toEqual([]);
    expect(timeline.since(0).map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('counts the same for as long as it goes on, under one number', () => {
    const clock = new FakeClock();
    const timeline = new Timeline(clock);
    for (let i = 0; i < 5; i++) {
      timeline.add(told(`refused ${i}`, 'refused'));
      clock.advance(9_000);
    }
    expect(timeline.since(0)).toMatchObject([{ seq: 1, text: 'refused 4', count: 5 }]);
    clock.advance(2_000);
    timeline.add(told('refused again', 'refused'));
    expect(timeline.since(0)).toMatchObject([{ count: 5 }, { count: 1 }]);
  });

  it('keeps a bounded number of short lines', () => {
    const timeline = new Timeline(new FakeClock());
    for (let i = 0; i < 10_000; i++) timeline.add(told(`${i} ${'x'.repeat(1_000)}`, `same ${i}`));
    const all = timeline.since(0);
    expect(all).toHaveLength(200);
    expect(all.at(-1)?.text.slice(0, 5)).toBe('9999 ');
    expect(Math.max(...all.map(({ text }) => text.length))).toBe(303);
  });

  it('what has left the list begins anew', () => {
    const timeline = new Timeline(new FakeClock());
    timeline.add(told('refused', 'refused'));
    for (let i = 0; i < 200; i++) timeline.add(told(`${i}`));
    timeline.add(told('refused', 'refused'));
    expect(timeline.since(0).at(-1)).toMatchObject({ text: 'refused', count: 1 });
  });
});
