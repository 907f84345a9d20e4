import { AsyncLocalStorage } from 'node:async_hooks';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../lib/forward/alarm.js';
import { type TimeoutKind, type Timeouts, Watch } from '../../lib/forward/timeouts.js';
import { FakeClock } from '../support/clock.js';

const TIMEOUTS: Timeouts = { connect: 50, headers: 600, idle: 1000, total: 0, tunnel: 3000, perTry: 0 };

/** One alarm for any number, each of which leaves when its time is up. */
function house() {
  const clock = new FakeClock();
  const after = vi.spyOn(clock, 'after');
  const underWay: { watch: Watch; timedOut(kind: TimeoutKind): void }[] = [];
  const ended: { name: number; kind: TimeoutKind; at: number }[] = [];
  const alarm = new Alarm(clock, () => underWay);
  const begin = (name: number, deadline = Number.POSITIVE_INFINITY) => {
    const watch = new Watch(TIMEOUTS, alarm, clock.now(), deadline);
    const one = {
      watch,
      timedOut: (kind: TimeoutKind) => {
        ended.push({ name, kind, at: clock.now() });
        leave();
      },
    };
    const leave = (): void => {
      const place = underWay.indexOf(one);
      if (place >= 0) underWay.splice(place, 1);
    };
    underWay.push(one);
    return { watch, leave };
  };
  return { alarm, after, begin, clock, ended, underWay };
}

describe('an alarm', () => {
  it('tells each one when its own time is up', () => {
    const { begin, clock, ended } = house();
    begin(1).watch.enter('headers', clock.now());
    clock.advance(10);
    begin(2).watch.enter('connect', clock.now());
    clock.advance(10);
    begin(3, 90);
    clock.advance(1e6);
    expect(ended).toEqual([
      { name: 2, kind: 'connect', at: 60 },
      { name: 3, kind: 'total', at: 90 },
      { name: 1, kind: 'headers', at: 600 },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('is never late nor early, whatever moves and whoever leaves', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 700 }),
      who: fc.nat({ max: 4 }),
      does: fc.constantFrom('begin', 'connect', 'headers', 'idle', 'refresh', 'leave'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { begin, clock, ended } = house();
        /** When each of them is due, as one timer each would have it. */
        const due = new Map<number, number>();
        const phases = new Map<number, 'connect' | 'headers' | 'idle'>();
        const made = new Map<number, ReturnType<typeof begin>>();
        const expected: { name: number; at: number }[] = [];
        const pass = (ms: number): void => {
          const now = clock.now() + ms;
          for (const [name, at] of [...due].sort((a, b) => a[1] - b[1])) {
            if (at > now) continue;
            expected.push({ name, at });
            due.delete(name);
            made.delete(name);
          }
          clock.advance(ms);
        };
        for (const { wait, who, does } of steps) {
          pass(wait);
          const { watch, leave } = made.get(who) ?? {};
          const phase = does === 'connect' || does === 'headers' || does === 'idle' ? does : phases.get(who);
          if (does === 'begin' && watch === undefined) made.set(who, begin(who));
          else if (does === 'leave') {
            leave?.();
            due.delete(who);
            made.delete(who);
          } else if (watch !== undefined && phase !== undefined && does !== 'begin') {
            if (does === 'refresh') watch.refresh(clock.now());
            else watch.enter(phase, clock.now());
            if (does !== 'refresh' || due.has(who)) due.set(who, clock.now() + TIMEOUTS[phase]);
            phases.set(who, phase);
          }
          if (!made.has(who)) phases.delete(who);
        }
        pass(1e6);
        const byTime = (a: { name: number; at: number }, b: { name: number; at: number }) =>
          a.at - b.at || a.name - b.name;
        expect(ended.map(({ name, at }) => ({ name, at })).sort(byTime)).toEqual(expected.sort(byTime));
      }),
    );
  });

  it('sets no timer for each of many that end in time', () => {
    const { after, begin, clock } = house();
    for (let i = 0; i < 1_000; i++) {
      const { watch, leave } = begin(i);
      watch.enter('connect', clock.now());
      watch.enter('headers', clock.now());
      watch.enter('idle', clock.now());
      clock.advance(1);
      leave();
    }
    // One for each span of the shortest timeout.
    expect(after.mock.calls.length).toBeLessThan(50);
  });

  it('does not look at all of very many each time that one of them is due', () => {
    const { after, begin, clock, ended } = house();
    for (let i = 0; i < 20_000; i++) {
      begin(i).watch.enter('headers', i / 1_000);
    }
    clock.advance(10_000);
    expect(ended).toHaveLength(20_000);
    // Looked at one by one as they fall due, that were as many times as there are milliseconds, and more.
    expect(after.mock.calls.length).toBeLessThan(10);
    // Nobody is much late for it.
    expect(Math.max(...ended.map(({ name, at }) => at - (name / 1_000 + 600)))).toBeLessThan(25);
  });

  it('is set anew where the timer went with the time of an app’s test', () => {
    const { begin, clock, ended } = house();
    const { after } = clock;
    clock.after = () => ({ refresh: () => {}, cancel: () => {} });
    begin(1).watch.enter('connect', clock.now());
    clock.after = after;
    clock.advance(5_000);
    begin(2).watch.enter('connect', clock.now());
    clock.advance(49);
    // Whoever was forgotten is looked at as soon as that is seen.
    expect(ended).toEqual([{ name: 1, kind: 'connect', at: 5_000 }]);
    clock.advance(1);
    expect(ended).toHaveLength(2);
  });

  it('keeps nothing of the request that set it', () => {
    const { after, begin, clock } = house();
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const set = clock.after;
    clock.after = (ms, fn) => {
      seen.push(request.getStore());
      return set.call(clock, ms, fn);
    };
    request.run('a request', () => begin(1).watch.enter('connect', clock.now()));
    expect(after).toHaveBeenCalled();
    expect(seen).toEqual([undefined]);
  });

  it('leaves no timer behind once it is stopped', () => {
    const { alarm, begin, clock } = house();
    begin(1).watch.enter('headers', clock.now());
    expect(clock.pending).toBe(1);
    alarm.stop();
    expect(clock.pending).toBe(0);
  });
});
