import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BreakerEvent, type BreakerState, CLOSED, transition } from '../../lib/resilience/breaker-state.js';

const times = { openFor: 10_000, maxOpenFor: 300_000 };
const next = (state: BreakerState, event: BreakerEvent) => transition(state, event, times);
const trial = {};
const other = {};
const open: BreakerState = { kind: 'open', level: 1, until: 10_000, lasts: 10_000 };
const halfOpen: BreakerState = { kind: 'half-open', level: 1, trial: undefined };
const tried: BreakerState = { kind: 'half-open', level: 1, trial };
const ended = (request: object, verdict: 'passed' | 'failed' | 'none', at = 0): BreakerEvent => ({
  kind: 'ended',
  request,
  verdict,
  at,
});

describe('closed', () => {
  it('opens when its rule trips', () => {
    expect(next(CLOSED, { kind: 'tripped', at: 5 })).toEqual({ kind: 'open', level: 1, until: 10_005, lasts: 10_000 });
  });

  it('opens for twice as long when it trips again at once, and for less the longer it has behaved', () => {
    const closed = (since: number): BreakerState => ({ kind: 'closed', level: 3, since });
    const lasts = (quiet: number): number => {
      const state = next(closed(0), { kind: 'tripped', at: quiet });
      return state.kind === 'open' ? state.lasts : Number.NaN;
    };
    expect([0, 9_999, 10_000, 20_000, 30_000, 1e9].map(lasts)).toEqual([
      80_000, 80_000, 40_000, 20_000, 10_000, 10_000,
    ]);
  });

  it.each([
    { kind: 'waited', at: 1e9 },
    { kind: 'admitted', request: trial },
    { kind: 'vouched', at: 0 },
    { kind: 'overdue', request: trial },
    ended(trial, 'failed'),
  ] as const)('is not moved by %j', (event) => {
    expect(next(CLOSED, event)).toBe(CLOSED);
  });
});

describe('open', () => {
  it('is half-open when its time is over, and not before', () => {
    expect(next(open, { kind: 'waited', at: 9_999 })).toBe(open);
    expect(next(open, { kind: 'waited', at: 10_000 })).toEqual(halfOpen);
  });

  it('is not moved by requests that were sent before', () => {
    for (const event of [ended(trial, 'passed'), ended(trial, 'failed'), { kind: 'tripped', at: 1 } as const]) {
      expect(next(open, event)).toBe(open);
    }
  });

  it('closes when somebody vouches for the backend', () => {
    expect(next(open, { kind: 'vouched', at: 7 })).toEqual({ kind: 'closed', level: 1, since: 7 });
  });
});

describe('half-open', () => {
  it('lets one through, and only one', () => {
    const first = next(halfOpen, { kind: 'admitted', request: trial });
    expect(first).toEqual(tried);
    expect(next(first, { kind: 'admitted', request: other })).toBe(first);
  });

  it('goes by that one alone', () => {
    expect(next(tried, ended(other, 'passed'))).toBe(tried);
    expect(next(tried, ended(other, 'failed'))).toBe(tried);
    expect(next(halfOpen, ended(other, 'failed'))).toBe(halfOpen);
    expect(next(tried, ended(trial, 'passed', 50))).toEqual({ kind: 'closed', level: 1, since: 50 });
    expect(next(tried, ended(trial, 'failed', 50))).toEqual({ kind: 'open', level: 2, until: 20_050, lasts: 20_000 });
  });

  it('lets another one through when the client of the first went away, or it takes for ever', () => {
    expect(next(tried, ended(trial, 'none'))).toEqual(halfOpen);
    expect(next(tried, { kind: 'overdue', request: trial })).toEqual(halfOpen);
    expect(next(tried, { kind: 'overdue', request: other })).toBe(tried);
  });

  it('doubles up to the maximum while it keeps failing', () => {
    let state: BreakerState = next(CLOSED, { kind: 'tripped', at: 0 });
    const lasts: number[] = [];
    for (let i = 0; i < 8; i++) {
      if (state.kind !== 'open') throw new Error(state.kind);
      lasts.push(state.lasts);
      const half = next(state, { kind: 'waited', at: state.until });
      state = next(next(half, { kind: 'admitted', request: trial }), ended(trial, 'failed', state.until));
    }
    expect(lasts).toEqual([10, 20, 40, 80, 160, 300, 300, 300].map((s) => s * 1000));
  });
});

it('whatever happens, it is closed, open until a time that comes, or half-open with one trial at most', () => {
  const requests = [{}, {}, {}];
  const request = fc.constantFrom(...requests);
  const at = fc.nat(1e6);
  const event = fc.oneof(
    fc.record({ kind: fc.constant('tripped' as const), at }),
    fc.record({ kind: fc.constant('waited' as const), at }),
    fc.record({ kind: fc.constant('admitted' as const), request }),
    fc.record({
      kind: fc.constant('ended' as const),
      request,
      verdict: fc.constantFrom('passed', 'failed', 'none'),
      at,
    }),
    fc.record({ kind: fc.constant('overdue' as const), request }),
    fc.record({ kind: fc.constant('vouched' as const), at }),
  ) as fc.Arbitrary<BreakerEvent>;
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      let state: BreakerState = CLOSED;
      for (const each of events) {
        const before: BreakerState = state;
        state = next(state, each);
        if (state.kind === 'open') {
          expect(state.lasts).toBeGreaterThanOrEqual(times.openFor);
          expect(state.lasts).toBeLessThanOrEqual(times.maxOpenFor);
        }
        // Nothing goes from closed to half-open, and from half-open only the trial's failure opens again.
        if (before.kind === 'closed') expect(state.kind).not.toBe('half-open');
        if (before.kind === 'half-open' && state.kind === 'open') {
          expect(each).toMatchObject({ kind: 'ended', verdict: 'failed', request: before.trial });
        }
      }
    }),
  );
});
