import { describe, expect, it, vi } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { Alarm } from '../../lib/forward/alarm.js';
import { type TimeoutKind, type Timeouts, timeoutCode, Watch } from '../../lib/forward/timeouts.js';
import { FakeClock } from '../support/clock.js';

const TIMEOUTS: Timeouts = { connect: 5, headers: 60, idle: 100, total: 0, tunnel: 300, perTry: 0 };

/** A watch, and the alarm it sets. */
function house(timeouts: Partial<Timeouts> = {}) {
  const clock = new FakeClock();
  const onTimeout = vi.fn<(kind: TimeoutKind) => void>();
  const deadline = timeouts.total ?? Number.POSITIVE_INFINITY;
  const underWay: { watch: Watch; timedOut(kind: TimeoutKind): void }[] = [];
  const alarm = new Alarm(clock, () => underWay);
  const made = new Watch({ ...TIMEOUTS, ...timeouts }, alarm, clock.now(), deadline);
  const stop = (): void => {
    underWay.length = 0;
  };
  underWay.push({
    watch: made,
    timedOut: (kind) => {
      stop();
      onTimeout(kind);
    },
  });
  const watch = {
    enter: (phase: 'connect' | 'headers' | 'idle' | 'tunnel') => made.enter(phase, clock.now()),
    enterTunnel: () => made.enterTunnel(clock.now()),
    refresh: () => made.refresh(clock.now()),
    sent: () => made.sent(clock.now()),
  };
  return { clock, onTimeout, stop, watch };
}

describe('a watch', () => {
  it.each(['connect', 'headers', 'idle', 'tunnel'] as const)('says when %s has taken too long, once', (phase) => {
    const { clock, onTimeout, watch } = house();
    watch.enter(phase);
    clock.advance(TIMEOUTS[phase] - 1);
    expect(onTimeout).not.toHaveBeenCalled();
    clock.advance(1000);
    expect(onTimeout.mock.calls).toEqual([[phase]]);
  });

  it('looks at one phase at a time', () => {
    const { clock, onTimeout, watch } = house();
    watch.enter('connect');
    clock.advance(4);
    watch.enter('headers');
    clock.advance(59);
    expect(onTimeout).not.toHaveBeenCalled();
    watch.enter('idle');
    clock.advance(99);
    expect(onTimeout).not.toHaveBeenCalled();
    clock.advance(1);
    expect(onTimeout.mock.calls).toEqual([['idle']]);
  });

  it('begins a phase anew when something moves', () => {
    const { clock, onTimeout, watch } = house();
    watch.enter('idle');
    for (let i = 0; i < 10; i++) {
      clock.advance(99);
      watch.refresh();
    }
    expect(onTimeout).not.toHaveBeenCalled();
    clock.advance(100);
    expect(onTimeout).toHaveBeenCalledOnce();
  });

  it('counts the whole from the beginning, whatever moves', () => {
    const { clock, onTimeout, watch } = house({ total: 250 });
    watch.enter('connect');
    watch.enter('idle');
    for (let i = 0; i < 4; i++) {
      clock.advance(60);
      watch.refresh();
    }
    expect(onTimeout).not.toHaveBeenCalled();
    clock.advance(10);
    expect(onTimeout.mock.calls).toEqual([['total']]);
  });

  it.each(['connect', 'headers', 'idle', 'tunnel'] as const)('has no limit for %s at 0', (phase) => {
    const { clock, onTimeout, watch } = house({ [phase]: 0 });
    watch.enter(phase);
    watch.refresh();
    clock.advance(1e9);
    expect(onTimeout).not.toHaveBeenCalled();
  });

  it('that enters a phase without a limit has left the one before', () => {
    const { clock, onTimeout, watch } = house({ headers: 0 });
    watch.enter('connect');
    watch.enter('headers');
    clock.advance(1e9);
    expect(onTimeout).not.toHaveBeenCalled();
  });

  it('counts one try until its answer begins, and anew from each part that was sent', () => {
    const { clock, onTimeout, watch } = house({ perTry: 50, headers: 0 });
    watch.enter('connect');
    clock.advance(4);
    watch.enter('headers');
    clock.advance(45);
    watch.sent();
    clock.advance(49);
    expect(onTimeout).not.toHaveBeenCalled();
    watch.enter('idle');
    clock.advance(99);
    expect(onTimeout).not.toHaveBeenCalled();

    const other = house({ perTry: 50, headers: 0 });
    other.watch.enter('headers');
    other.clock.advance(50);
    expect(other.onTimeout.mock.calls).toEqual([['perTry']]);
  });

  it('of an attempt that has ended says nothing', () => {
    const { clock, onTimeout, stop, watch } = house({ total: 250 });
    watch.enter('idle');
    stop();
    watch.refresh();
    clock.advance(1e9);
    expect(onTimeout).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it('of a tunnel has no other limit', () => {
    const { clock, onTimeout, watch } = house({ total: 250, perTry: 50 });
    watch.enterTunnel();
    clock.advance(299);
    expect(onTimeout).not.toHaveBeenCalled();
    clock.advance(1);
    expect(onTimeout.mock.calls).toEqual([['tunnel']]);
  });
});

it.each([
  ['connect', 'FAIRLEAD_CONNECT_TIMEOUT'],
  ['headers', 'FAIRLEAD_HEADERS_TIMEOUT'],
  ['idle', 'FAIRLEAD_IDLE_TIMEOUT'],
  ['total', 'FAIRLEAD_TOTAL_TIMEOUT'],
  ['tunnel', 'FAIRLEAD_IDLE_TIMEOUT'],
  ['perTry', 'FAIRLEAD_HEADERS_TIMEOUT'],
] as [TimeoutKind, string][])('%s ends in %s, a 504', (kind, code) => {
  expect(timeoutCode(kind, false)).toBe(code);
  expect(new FairleadError(timeoutCode(kind, false), '').status).toBe(504);
});

it('perTry ends in a failure to connect while no connection stands: nothing has been sent', () => {
  expect(timeoutCode('perTry', true)).toBe('FAIRLEAD_CONNECT_TIMEOUT');
  expect(timeoutCode('total', true)).toBe('FAIRLEAD_TOTAL_TIMEOUT');
});
