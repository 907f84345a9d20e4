import { expect, it } from 'vitest';
import { markdownTable, tableOf, textTable } from '../../lib/simulate/table.js';
import { reportWith } from './fakes.js';

const reports = [
  reportWith('p2c'),
  reportWith('a|b', { errors: 0.1, keyMoves: { changes: 2, moved: 0.25, needed: 0.2 }, p99: 1999 }),
];

it('has a line a strategy, and key moves where there are any', () => {
  const { head, rows } = tableOf(reports);
  expect(head).toEqual([
    ...['strategy', 'share of a b, %', 'p50 ms', 'p95 ms', 'p99 ms', 'in flight', 'at one', 'errors'],
    'keys moved (had to)',
  ]);
  expect(rows).toEqual([
    ['p2c', '50.0 50.0', '20.0', '45.0', '64.0', '42', '12', '0.0 %', ''],
    ['a|b', '50.0 50.0', '20.0', '45.0', '1,999', '42', '12', '10.0 %', '25.0 % (20.0 %)'],
  ]);
  expect(tableOf([reportWith('p2c')]).head).not.toContain('keys moved (had to)');
});

it('of many backends says the extremes', () => {
  const backends = Array.from({ length: 20 }, (_, i) => {
    return { id: `b${i}`, weight: 1, share: 0.05, relative: 0.5 + i / 10, peak: 1 };
  });
  expect(tableOf([reportWith('p2c', { backends })]).rows[0]?.[1]).toBe('0.50 to 2.40');
});

it('lines up for a terminal', () => {
  const lines = textTable(tableOf(reports)).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toMatch(/^p2c +50\.0 50\.0 +20\.0 +45\.0/);
  expect(lines[3]?.indexOf('45.0')).toBe(lines[2]?.indexOf('45.0'));
});

it('is Markdown for the docs, whatever a name holds', () => {
  const lines = markdownTable(tableOf(reports)).split('\n');
  expect(lines[1]).toBe('| --- | --- | --: | --: | --: | --: | --: | --: | --: |');
  expect(lines[3]).toMatch(/^\| `a\\\|b` \| 50\.0 50\.0 \|/);
});
