import { expect, it } from 'vitest';
import { latencyPlot } from '../../../lib/simulate/plots/latency.js';
import { elementsOf, reportWith } from '../fakes.js';

it('has three dots a strategy, the p99 in figures, and its errors', () => {
  const { body, description } = latencyPlot(
    [reportWith('p2c'), reportWith('<i>', { errors: 0.25, p99: 1500 })],
    'Equal',
  );
  expect(elementsOf(body).filter((name) => name === 'circle')).toHaveLength(6);
  expect(body).toContain('>64.0</text>');
  expect(body).toContain('>25.0 %</text>');
  expect(body).toContain('&lt;i&gt;');
  expect(description).toContain('p2c: p50 20.0, p95 45.0, p99 64.0, errors 0.0 %.');
});

it('does with a strategy that nothing came of', () => {
  const none = { p50: Number.NaN, p95: Number.NaN, p99: Number.NaN, errors: 1 };
  const { body } = latencyPlot([reportWith('p2c', none)], 'Equal');
  expect(elementsOf(body)).not.toContain('circle');
  expect(body).not.toContain('NaN');
});
