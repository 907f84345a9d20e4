import { expect, it } from 'vitest';
import { inFlightOverTime, latencyOverTime } from '../../../lib/simulate/plots/over-time.js';
import { elementsOf, reportWith } from '../fakes.js';

const failing = reportWith('p2c', {
  errors: 0.1,
  slices: reportWith('p2c').slices.map((slice, i) => (i === 2 ? { ...slice, errors: 0.4, p50: Number.NaN } : slice)),
});

it('has a line a percentile, each named at its end', () => {
  const { body, title } = latencyOverTime([reportWith('p2c')], 'Equal');
  expect(body.match(/class="line /g)).toHaveLength(3);
  for (const name of ['p50', 'p95', 'p99']) expect(body).toContain(`>${name}</text>`);
  expect(title).not.toContain('failed');
  expect(body).toContain('>4 s</text>');
});

it('has a bar for each slice with failures, and a gap where nothing was answered', () => {
  const { body, title } = latencyOverTime([failing], 'Equal');
  expect(title).toContain('failed');
  expect(body.match(/class="bad"/g)).toHaveLength(1);
  expect(body).not.toContain('NaN');
  expect(() => elementsOf(body)).not.toThrow();
});

it('in flight: at all, and at the busiest', () => {
  const { body, description } = inFlightOverTime([failing], 'Equal');
  expect(body.match(/class="line /g)).toHaveLength(2);
  expect(body).not.toContain('class="bad"');
  expect(description).toBe('p2c: at most 42, at one backend 12.');
});
