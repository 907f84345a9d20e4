import { expect, it } from 'vitest';
import { sharePlot } from '../../../lib/simulate/plots/share.js';
import { elementsOf, reportWith } from '../fakes.js';

const backends = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `b${i}`, weight: 1, share: i / count, relative: i, peak: 1 }));

it('has a bar a backend, and a line where its share would be fair', () => {
  const { body, description } = sharePlot([reportWith('p2c', { backends: backends(4) })], 'Equal');
  expect(elementsOf(body).filter((name) => name === 'rect')).toHaveLength(1 + 4);
  expect(body.match(/class="fair"/g)).toHaveLength(4);
  expect(body).not.toContain('NaN');
  expect(description).toContain('b3 75.0 %');
});

it('of many has the spread only', () => {
  const { body, description } = sharePlot([reportWith('p2c', { backends: backends(1000) })], 'Equal');
  expect(elementsOf(body).filter((name) => name === 'rect')).toHaveLength(1);
  expect(description).toBe('p2c: 0.00 to 999.00.');
});
