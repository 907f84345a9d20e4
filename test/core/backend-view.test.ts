import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { BackendView } from '../../lib/core/backend-view.js';

const FIELDS = ['id', 'url', 'weight', 'metadata', 'state', 'active', 'upgrades', 'total'] as const;

function house() {
  const record = backendRecord({ url: 'http://10.0.0.1:3000', id: 'a', weight: 2, metadata: { rack: 7 } });
  return { record, view: new BackendView(record) };
}

describe('a view', () => {
  it('shows every field of a backend', () => {
    const { record, view } = house();
    expect(Object.keys(record).sort()).toEqual([...FIELDS].sort());
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

  it('gives its URL away as a copy', () => {
    const { record, view } = house();
    view.url.port = '1';
    expect(record.url.port).toBe('3000');
    expect(view.url.port).toBe('3000');
  });
});

it('prints as what it shows, as JSON and on a console', () => {
  const view = new BackendView(backendRecord({ url: 'http://10.0.0.1:3000', id: 'a' }));
  const shown = { id: 'a', url: 'http://10.0.0.1:3000', weight: 1, metadata: {}, state: 'ready' };
  expect(JSON.parse(JSON.stringify(view))).toEqual({ ...shown, active: 0, upgrades: 0, total: 0 });
  expect(inspect(view)).toContain("id: 'a'");
});
