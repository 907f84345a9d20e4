import { expect, it } from 'vitest';
import { codeLabel, methodLabel } from '../../../lib/observe/prometheus/labels.js';

it('methods are those that are known, or other', () => {
  expect(['GET', 'PATCH', 'QUERY', 'PROPFIND', 'get', '', '__proto__'].map(methodLabel)).toEqual([
    'GET',
    'PATCH',
    'QUERY',
    'other',
    'other',
    'other',
    'other',
  ]);
});

it('statuses are those with a name, or else their class', () => {
  expect([101, 200, 404, 499, 503, 520, 299, 600, 999, 0].map(codeLabel)).toEqual([
    '101',
    '200',
    '404',
    '499',
    '503',
    '5xx',
    '2xx',
    'other',
    'other',
    'other',
  ]);
});

it('whatever a backend answers, there are few', () => {
  const all = new Set(Array.from({ length: 1000 }, (_, status) => codeLabel(status)));
  expect(all.size).toBeLessThan(80);
});
