import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { type Lease, Leases } from '../../lib/core/lease.js';
import type { Outcome } from '../../lib/core/outcome.js';
import { Breaker, type BreakerChange } from '../../lib/resilience/breaker.js';
import type { TripRule } from '../../lib/resilience/trip-rules/rule.js';
import { breakerSchema } from '../../lib/resilience/trip-rules/spec.js';
import { aborted, answered, backendsOf, failed } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house(options: object = {}, size = 4) {
  const clock = new FakeClock(1_000);
  const members = backendsOf(...Array.from({ length: size }, () => 1));
  const told: string[] = [];
  const thrown: unknown[] = [];
  const unreachable = new Set<string>();
  const config = breakerSchema.parse(options);
  if (config === false) throw new Error('no breaker');
  const breaker = new Breaker(config, {
    clock,
    members: () => members.length,
    onChange: ({ id }, { from, to, reason }: BreakerChange) => {
      if (from.kind !== to.kind) told.push(`${id} ${to.kind}: ${reason}`);
    },
    onUnreachable: ({ id }, is) => void (is ? unreachable.add(id) : unreachable.delete(id)),
    onThrow: (error) => thrown.push(error),
  });
  const leases = new Leases(
    clock,
    (backend, outcome, lease) => breaker.released(backend, outcome, lease),
    (backend, lease) => breaker.acquired(backend, lease),
    (backend, lease) => breaker.upgraded(backend, lease),
    (backend, lease, status) => breaker.answered(backend, lease, status),
  );
  const send = (backend: BackendRecord, ...outcomes: Outcome[]): void => {
    for (const outcome of outcomes) leases.acquire(backend).release(outcome);
  };
  const fail = (backend: BackendRecord, times = 5): void => {
    for (let i = 0; i < times; i++) send(backend, failed('FAIRLEAD_BACKEND_RESET'));
  };
  const take = (backend: BackendRecord): Lease => leases.acquire(backend);
  const [a, b, c, d] = members as [BackendRecord, BackendRecord, BackendRecord, BackendRecord];
  return { clock, breaker, told, thrown, unreachable, send, fail, take, a, b, c, d };
}

describe('a breaker', () => {
  it('opens after failures in a row, lets one through when its time is over, and closes when that is answered', () => {
    const { clock, breaker, told, send, fail, take, a } = house();
    fail(a, 4);
    send(a, answered());
    fail(a, 4);
    expect(told).toEqual([]);
    fail(a, 1);
    expect(told.splice(0)).toEqual(['a open: 5 failures in a row']);
    expect(breaker.ejections(a)).toBe(1);
    clock.advance(9_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told.splice(0)).toEqual(['a half-open: its time is over']);
    take(a).release(answered());
    expect(told).toEqual(['a closed: the request let through was answered']);
    expect(clock.pending).toBe(0);
  });

  it('goes by the one it let through, not by those that were already there', () => {
    const { clock, told, fail, take, a } = house();
    const old = take(a);
    fail(a);
    clock.advance(10_000);
    const trial = take(a);
    const late = take(a);
    told.length = 0;
    old.release(answered());
    late.release(answered());
    expect(told).toEqual([]);
    trial.release(answered({ status: 503 }));
    expect(told).toEqual(['a open: the request let through failed: status 503']);
  });

  it('forgets what was sent before it closed', () => {
    const { clock, told, fail, take, a } = house();
    const hung = Array.from({ length: 10 }, () => take(a));
    fail(a);
    clock.advance(10_000);
    take(a).release(answered());
    told.length = 0;
    clock.advance(50_000);
    for (const lease of hung) lease.release(failed('FAIRLEAD_HEADERS_TIMEOUT'));
    expect(told).toEqual([]);
  });

  it('lets another one try when the client of the first went away, or it takes for ever', () => {
    const { clock, told, fail, take, a } = house();
    fail(a);
    clock.advance(10_000);
    take(a).release(aborted());
    const stream = take(a);
    clock.advance(119_999);
    take(a).release(failed('FAIRLEAD_CONNECT'));
    expect(told.at(-1)).toBe('a half-open: its time is over');
    clock.advance(1);
    take(a).release(answered());
    expect(told.at(-1)).toBe('a closed: the request let through was answered');
    stream.release(failed('FAIRLEAD_IDLE_TIMEOUT'));
    expect(clock.pending).toBe(0);
  });

  it('takes a trial for answered as soon as its head is there: an event stream has no end', () => {
    const { clock, told, fail, take, a } = house();
    fail(a);
    clock.advance(10_000);
    const other = take(a);
    const stream = take(a);
    stream.answered(200);
    expect(told.at(-1)).toBe('a half-open: its time is over');
    other.answered(200);
    expect(told.splice(0).at(-1)).toBe('a closed: the request let through was answered');
    expect(clock.pending).toBe(0);
    clock.advance(1);
    // What comes of it afterwards, and of those beside it, began before.
    for (const lease of [other, stream]) lease.release(failed('FAIRLEAD_RESPONSE_BODY', true));
    fail(a, 4);
    // Of a closed one answers count when they end: one that breaks off is a failure, and no success before it.
    const broken = take(a);
    broken.answered(200);
    broken.release(failed('FAIRLEAD_RESPONSE_BODY', true));
    expect(told).toEqual(['a open: 5 failures in a row']);
    clock.advance(20_000);
    told.length = 0;
    take(a).answered(503);
    expect(told).toEqual(['a open: the request let through failed: status 503']);
  });

  it('takes an upgrade for answered as soon as its protocol is switched', () => {
    const { clock, told, fail, take, a } = house();
    fail(a);
    clock.advance(10_000);
    const tunnel = take(a);
    tunnel.upgraded();
    expect(told.splice(0).at(-1)).toBe('a closed: the request let through was answered');
    fail(a, 4);
    take(a).upgraded();
    fail(a, 4);
    // That of a tunnel which ends says nothing of the handshakes after it.
    tunnel.release(answered({ status: 101 }));
    expect(told).toEqual([]);
    fail(a, 1);
    expect(told).toEqual(['a open: 5 failures in a row']);
  });

  it('leaves out no more than its share, and one at least', () => {
    const { told, fail, send, a, b, c } = house({ maxEjected: 0.5 }, 4);
    for (const backend of [a, b, c]) fail(backend);
    expect(told).toHaveLength(2);
    send(c, failed('FAIRLEAD_CONNECT'));
    expect(told).toHaveLength(2);
    for (const [size, maxEjected, out] of [
      [1, 0.5, 1],
      [2, 0, 1],
      [3, 0.5, 1],
      [3, 1, 3],
      [5, 0.5, 2],
    ] as const) {
      const pool = house({ maxEjected }, size);
      for (const backend of [pool.a, pool.b, pool.c].slice(0, size)) pool.fail(backend);
      expect([size, maxEjected, pool.told.length]).toEqual([size, maxEjected, out]);
    }
  });

  it('has those asked last, for a moment, that take no connections and that it may not leave out', () => {
    const { clock, breaker, told, unreachable, fail, send, take, a, b, c } = house({}, 3);
    fail(a);
    fail(b);
    // It may carry load, and the others could not carry it for it.
    expect([...unreachable]).toEqual([]);
    send(b, failed('FAIRLEAD_CONNECT'));
    expect([...unreachable]).toEqual(['b']);
    clock.advance(499);
    send(b, failed('FAIRLEAD_CONNECT'));
    expect([...unreachable]).toEqual(['b']);
    clock.advance(1);
    expect([...unreachable]).toEqual([]);
    send(b, failed('FAIRLEAD_CONNECT_TIMEOUT'));
    expect([...unreachable]).toEqual(['b']);
    // Somebody was sent there all the same, and reached it.
    take(b).release(answered());
    expect([...unreachable]).toEqual([]);
    fail(c);
    send(c, failed('FAIRLEAD_CONNECT'));
    breaker.forget(c);
    expect([...unreachable]).toEqual([]);
    expect(told).toEqual(['a open: 5 failures in a row']);
    fail(b);
    send(b, failed('FAIRLEAD_CONNECT'));
    breaker.close();
    expect(clock.pending).toBe(0);
    send(b, failed('FAIRLEAD_CONNECT'));
    expect(clock.pending).toBe(0);
  });

  it('makes room for the next when one is back', () => {
    const { clock, told, fail, take, a, b } = house({}, 2);
    fail(a);
    fail(b);
    expect(told).toHaveLength(1);
    clock.advance(10_000);
    take(a).release(answered());
    fail(b, 1);
    expect(told.at(-1)).toBe('b open: 10 failures in a row'.replace('10', '6'));
  });

  it('closes when checks pass, but believes them once only unless they had failed too', () => {
    const { clock, told, breaker, fail, take, a } = house();
    breaker.vouched(a, false);
    fail(a);
    breaker.vouched(a, false);
    expect(told.at(-1)).toBe('a closed: active checks pass');
    fail(a);
    told.length = 0;
    breaker.vouched(a, false);
    expect(told).toEqual([]);
    breaker.vouched(a, true);
    expect(told).toEqual(['a closed: active checks pass']);
    expect(clock.pending).toBe(0);
    fail(a);
    clock.advance(60_000);
    const trial = take(a);
    breaker.vouched(a, true);
    expect(clock.pending).toBe(0);
    trial.release(failed('FAIRLEAD_CONNECT'));
    expect(told.at(-1)).toBe('a closed: active checks pass');
  });

  it('counts the statuses that are listed', () => {
    const { told, send, a } = house({ statuses: [500], failures: 2 });
    send(a, answered({ status: 503 }), answered({ status: 503 }), answered({ status: 500 }), answered({ status: 500 }));
    expect(told).toEqual(['a open: 2 failures in a row']);
  });

  it('goes by a rule of one’s own, and survives what that throws', () => {
    const calls: string[] = [];
    const trip: TripRule = {
      record: ({ id }, failure) => {
        calls.push(`${id} ${failure}`);
        if (calls.length === 1) throw new Error('oh');
        return calls.length > 2;
      },
      reset: () => {
        throw new Error('no');
      },
    };
    const { told, thrown, send, breaker, a } = house({ trip });
    send(a, answered(), aborted(), answered({ status: 502 }), answered());
    expect(calls).toEqual(['a false', 'a true', 'a false']);
    expect(told).toEqual(['a open: the trip rule says so']);
    expect(thrown).toEqual([new Error('oh')]);
    breaker.forget(a);
    expect(thrown).toHaveLength(2);
  });

  it('has no timers left when it is closed, or its backend gone', () => {
    const { clock, breaker, told, fail, a, b } = house();
    fail(a);
    fail(b);
    breaker.forget(a);
    expect(clock.pending).toBe(1);
    expect(breaker.ejections(a)).toBe(0);
    breaker.close();
    expect(clock.pending).toBe(0);
    told.length = 0;
    fail(a);
    expect(told).toHaveLength(1);
    expect(clock.pending).toBe(0);
    clock.advance(1e6);
    expect(told).toHaveLength(1);
  });
});
