import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { BackendView } from '../../lib/core/backend-view.js';
import { Pool } from '../../lib/core/pool.js';
import { FakeClock } from '../support/clock.js';

const COUNTS = ['active', 'upgrades', 'total'] as const;
const STANDING = ['state', 'health', 'breaker'] as const;
const FIELDS = ['id', 'url', 'weight', 'priority', 'zone', 'metadata', ...STANDING, ...COUNTS] as const;

/** What of a record nobody outside is to see. */
const INSIDE = [
  'configuredWeight',
  'slowStart',
  'check',
  'onTrial',
  'unreachable',
  'presence',
  'steered',
  'maxConnections',
  'concurrency',
  'spent',
  'full',
  'bytesIn',
  'bytesOut',
];

function house() {
  const place = { priority: 3, zone: 'eu-1', metadata: { rack: 7 } };
  const record = backendRecord({ url: 'http://10.0.0.1:3000', id: 'a', weight: 2, ...place });
  const pool = new Pool([record], { clock: new FakeClock(), slowStart: 1000 });
  return { record, pool, view: new BackendView(record, pool) };
}

describe('a view', () => {
  it('shows every field of a backend', () => {
    const { record, view } = house();
    expect(Object.keys(record).sort()).toEqual([...FIELDS, ...INSIDE].sort());
    for (const field of FIELDS) expect(view[field]).toEqual(record[field]);
  });

  it('is live', () => {
    const { record, view } = house();
    record.active = 3;
    record.state = 'drain';
    expect(view).toMatchObject({ active: 3, state: 'drain' });
  });

  it.each(FIELDS)('refuses to have its %s written', (field) => {
    const { record, view } = house();
    const before = record[field];
    expect(() => Object.assign(view, { [field]: 99 })).toThrow(TypeError);
    expect(record[field]).toBe(before);
  });

  it('shows the weight that was asked for, and beside it the one that counts', () => {
    const { record, pool, view } = house();
    pool.setState(record, 'drain');
    expect(view).toMatchObject({ weight: 2, effectiveWeight: 2 });
    pool.setState(record, 'ready');
    expect(view).toMatchObject({ weight: 2, effectiveWeight: 0.2 });
    pool.setWeight(record, 5);
    expect(view).toMatchObject({ weight: 5, effectiveWeight: 0.5 });
  });

  it('gives its URL away as a copy', () => {
    const { record, view } = house();
    view.url.port = '1';
    expect(record.url.port).toBe('3000');
    expect(view.url.port).toBe('3000');
  });
});

it('prints as what it shows, as JSON and on a console', () => {
  const { view } = house();
  expect(JSON.parse(JSON.stringify(view))).toEqual({
    id: 'a',
    url: 'http://10.0.0.1:3000',
    weight: 2,
    effectiveWeight: 2,
    priority: 3,
    zone: 'eu-1',
    metadata: { rack: 7 },
    state: 'ready',
    health: 'unknown',
    breaker: 'closed',
    active: 0,
    upgrades: 0,
    total: 0,
  });
  expect(inspect(view)).toContain("id: 'a'");
});
