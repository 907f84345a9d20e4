import { describe, expect, it } from 'vitest';
import { StickyStatistics } from '../../lib/observe/sticky-statistics.js';
import { backendsOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock();
  const [a, b] = backendsOf(1, 3) as [ReturnType<typeof backendsOf>[0], ReturnType<typeof backendsOf>[0]];
  const statistics = new StickyStatistics(clock);
  const picture = () =>
    statistics.picture([a, b].map((backend) => ({ clients: statistics.of(backend).clients, weight: backend.weight })));
  return { clock, a, b, statistics, picture };
}

describe('what became of pins', () => {
  it('is counted in all, and where the client was pinned', () => {
    const { a, b, statistics, picture } = house();
    statistics.settled({ found: undefined, pin: 'none', backend: a }, '10.0.0.1');
    statistics.settled({ found: a, pin: 'hit', backend: a }, '10.0.0.1');
    statistics.settled({ found: a, pin: 'lost', backend: b }, '10.0.0.1');
    statistics.settled({ found: a, pin: 'rejected', backend: a }, '10.0.0.1');
    statistics.settled({ found: b, pin: 'rejected', backend: undefined }, '10.0.0.1');
    statistics.settled({ found: 'ignored', pin: 'none', backend: b }, '10.0.0.1');
    expect(picture()).toMatchObject({ hits: 1, assigned: 2, lost: 1, rejected: 2, ignored: 1 });
    expect(statistics.of(a)).toEqual({ hits: 1, assigned: 1, lost: 1, rejected: 1, clients: 1 });
    expect(statistics.of(b)).toEqual({ hits: 0, assigned: 1, lost: 0, rejected: 1, clients: 1 });
  });

  it('is not counted again at the end of what was counted with its answer', () => {
    const { a, statistics, picture } = house();
    const end = { found: a, pin: 'hit', backend: a } as const;
    statistics.settled({ ...end, counted: false }, '10.0.0.1');
    statistics.settled({ ...end, counted: true }, '10.0.0.1');
    expect(picture()).toMatchObject({ hits: 1 });
  });

  it('is nothing where no backend had the request', () => {
    const { a, statistics, picture } = house();
    statistics.settled({ found: undefined, pin: 'none', backend: undefined }, '');
    statistics.settled({ found: a, pin: 'lost', backend: undefined }, '');
    expect(picture()).toMatchObject({ hits: 0, assigned: 0, lost: 0, rejected: 0, clients: 0, imbalance: 0 });
  });
});

describe('clients', () => {
  const come = ({ statistics, a }: ReturnType<typeof house>, from: number, count: number): void => {
    for (let i = from; i < from + count; i++) {
      statistics.settled({ found: a, pin: 'hit', backend: a }, `10.0.0.${i}`);
    }
  };

  it('count once each, and are forgotten after 5 to 10 minutes', () => {
    const made = house();
    come(made, 0, 5);
    come(made, 0, 5);
    expect(made.statistics.of(made.a).clients).toBe(5);
    made.clock.advance(300_000);
    come(made, 5, 3);
    expect(made.statistics.of(made.a).clients).toBe(8);
    made.clock.advance(300_000);
    expect(made.statistics.of(made.a).clients).toBe(3);
    made.clock.advance(600_000);
    expect(made.statistics.of(made.a).clients).toBe(0);
  });

  it('show an imbalance, by weight', () => {
    const made = house();
    const { b, statistics, picture } = made;
    come(made, 0, 2);
    // All on a backend with a quarter of the weight: four times its share.
    expect(picture()).toMatchObject({ clients: 2, imbalance: 4 });
    for (let i = 100; i < 106; i++) statistics.settled({ found: b, pin: 'hit', backend: b }, `10.0.0.${i}`);
    expect(picture()).toMatchObject({ clients: 8, imbalance: 1 });
  });
});
