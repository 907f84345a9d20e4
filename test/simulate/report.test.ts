import { expect, it } from 'vitest';
import { SLICES } from '../../lib/simulate/records.js';
import { percentile, reportOf } from '../../lib/simulate/report.js';
import { scenarioOf, simulationOf, workloadAt } from './fakes.js';

it('percentiles are by nearest rank', () => {
  const values = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect([0, 50, 95, 99, 100].map((percent) => percentile(values, percent))).toEqual([1, 50, 95, 99, 100]);
  expect(percentile(Float64Array.of(7), 99)).toBe(7);
  expect(percentile(new Float64Array(0), 50)).toBeNaN();
});

it('says what came of a run: times of what was answered, errors, shares by weight, loads', () => {
  const backends = [
    { id: 'a', latency: { kind: 'constant', ms: 10 }, weight: 3 },
    { id: 'b', latency: { kind: 'constant', ms: 30 }, faults: [{ kind: 'refuse', from: 50, until: 99 }] },
  ] as const;
  const workload = workloadAt(0, 1, 60, 61);
  const run = simulationOf(scenarioOf(backends), 'round-robin', workload);
  run.run();
  const report = reportOf('mine', run, workload, undefined);
  expect(report).toMatchObject({ strategy: 'mine', requests: 4, duration: 70, p50: 10, p99: 30, errors: 0.25 });
  expect(report).toMatchObject({ inFlight: 2, busiest: 1, mean: expect.closeTo(50 / 3) });
  expect(report.backends.map(({ share, relative }) => [share, relative])).toEqual([
    [0.5, 0.5 / 0.75],
    [0.5, 2],
  ]);
  expect(report.slices).toHaveLength(SLICES);
  expect(report.slices[0]).toMatchObject({ from: 0, p50: 10, errors: 0, inFlight: 2 });
  expect(report.slices[30]).toMatchObject({ p50: Number.NaN, errors: 0, inFlight: 0 });
  expect(report.slices.at(-1)).toMatchObject({ p50: 10, errors: 0.5, inFlight: 2 });
});
