import { describe, expect, it } from 'vitest';
import { Model, traceOf } from '../../../lib/dashboard/page/model.js';
import type { Frame, Happening, Head, Row } from '../../../lib/dashboard/page/protocol.js';

const NONE = { rate: null, errors: null, p50: null, p95: null, p99: null };
const head: Head = { name: 'api', strategy: 'p2c', uptime: 1, failing: null, active: 0, total: 0, more: [], ...NONE };
const row = (id: string, active = 0): Row => ({
  ...{ id, url: '', tags: [], status: 'up', level: 'good', word: 'Up', why: '', state: 'ready' },
  ...{ share: null, failing: null, active, upgrades: 0, total: 0, failed: 0, weight: 1, effectiveWeight: 1, notes: [] },
  ...NONE,
  rate: active,
});
const event = (seq: number, at: number, count = 1): Happening => ({
  ...{ seq, at, count, balancer: 'api', level: 'bad', text: `${seq}` },
});
const frame = (over: Partial<Frame>): Frame => ({ at: 1_000, full: false, balancers: [], events: [], ...over });

describe('Model', () => {
  it('puts frames together', () => {
    const model = new Model();
    model.apply(frame({ full: true, balancers: [{ head, order: ['a', 'b'], rows: [row('a'), row('b')] }] }));
    const [balancer] = model.balancers;
    if (balancer === undefined) throw new Error('there is one');
    const [a, b] = ['a', 'b'].map((id) => traceOf(balancer, id));
    model.apply(frame({ at: 2_000, balancers: [{ head: { ...head, active: 5 }, rows: [row('b', 5)] }] }));
    model.apply(frame({ at: 3_000, balancers: [{ head: { ...head, active: 5 }, rows: [row('b', 6)] }] }));
    expect(balancer.head.active).toBe(5);
    expect([...model.all()].map(({ row: { id, active } }) => [id, active])).toEqual([
      ['a', 0],
      ['b', 6],
    ]);
    expect(b?.values.rate.slice(-2)).toEqual([5, 6]);
    // Not told of is as before.
    expect(a?.values.rate.slice(-2)).toEqual([0, 0]);
  });

  it('forgets backends that are gone', () => {
    const model = new Model();
    model.apply(frame({ balancers: [{ head, order: ['a', 'b'], rows: [row('a'), row('b')] }] }));
    const [balancer] = model.balancers;
    if (balancer === undefined) throw new Error('there is one');
    for (const id of ['a', 'b']) traceOf(balancer, id);
    model.apply(frame({ balancers: [{ head, order: ['b'], rows: [] }] }));
    expect([...balancer.rows.keys()]).toEqual(['b']);
    expect([...balancer.traces.keys()]).toEqual(['b']);
    expect(traceOf(balancer, 'a')).toBeUndefined();
  });

  it('keeps seconds of those backends only that somebody looks at', () => {
    const model = new Model();
    model.apply(frame({ balancers: [{ head, order: ['a', 'b'], rows: [row('a'), row('b')] }] }));
    const [balancer] = model.balancers;
    if (balancer === undefined) throw new Error('there is one');
    const trace = traceOf(balancer, 'b');
    expect(traceOf(balancer, 'b')).toBe(trace);
    expect([...balancer.traces.keys()]).toEqual(['b']);
  });

  it('has the latest event first, each once, and no more than can be read', () => {
    const model = new Model();
    model.apply(frame({ events: [event(1, 10), event(2, 20)] }));
    model.apply(frame({ events: [event(1, 30, 7)] }));
    expect(model.events.map(({ seq, count }) => [seq, count])).toEqual([
      [1, 7],
      [2, 1],
    ]);
    model.apply(frame({ events: Array.from({ length: 500 }, (_, i) => event(100 + i, 100 + i)) }));
    expect(model.events).toHaveLength(200);
    model.apply(frame({ full: true, events: [event(1, 10)] }));
    expect(model.events).toHaveLength(1);
  });
});
