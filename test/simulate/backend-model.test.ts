import { expect, it } from 'vitest';
import { BackendModel } from '../../lib/simulate/backend-model.js';
import { linksFor } from '../../lib/simulate/fifo.js';
import type { BackendPlan, Fault } from '../../lib/simulate/plan.js';

const made = (different: Partial<BackendPlan> = {}): BackendModel =>
  new BackendModel({ id: 'a', latency: { kind: 'constant', ms: 10 }, ...different }, 3, linksFor(4));

it('shows strategies a record of its plan', () => {
  const { record, capacity, index } = made({ weight: 4 });
  expect([record.id, record.weight, record.active, capacity, index]).toEqual(['a', 4, 0, Number.POSITIVE_INFINITY, 3]);
  expect(made({ capacity: 8 }).capacity).toBe(8);
  expect(() => made({ capacity: 0 })).toThrow(/backend a: a capacity/);
});

it('is at fault from begin to end; the last that began counts', () => {
  const model = made();
  const [refuse, hang]: Fault[] = [
    { kind: 'refuse', from: 0, until: 20 },
    { kind: 'hang', from: 10, until: 15 },
  ];
  if (refuse === undefined || hang === undefined) throw new Error('never');
  model.begin(refuse);
  model.begin(hang);
  expect(model.fault).toBe(hang);
  model.end(hang, 15);
  expect(model.fault).toBe(refuse);
  model.end(refuse, 20);
  expect(model.fault).toBeUndefined();
});

it('is slower for as long as it is told to be', () => {
  const model = made();
  const slow: Fault = { kind: 'slow', from: 0, until: 50, factor: 3 };
  model.begin(slow);
  expect(model.fault).toBeUndefined();
  expect(model.serviceTime(0.5, 10)).toBe(30);
  model.end(slow, 50);
  expect(model.serviceTime(0.5, 60)).toBe(10);
});

it('warms up in a straight line after a restart', () => {
  const model = made();
  const restart: Fault = { kind: 'restart', at: 0, down: 100, warmUp: { factor: 3, ms: 1000 } };
  model.begin(restart);
  expect(model.fault).toBe(restart);
  model.end(restart, 100);
  expect([100, 350, 600, 1100, 5000].map((now) => model.serviceTime(0.5, now))).toEqual([30, 25, 20, 10, 10]);
});
