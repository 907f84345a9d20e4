import type { Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { Operations } from '../../lib/fleet/operations.js';
import { loadBalancer } from '../../lib/load-balancer.js';
import { Reporter } from '../../lib/observe/reporter.js';
import { backendsOf, thrownBy } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock();
  const members = backendsOf(1, 2);
  const pool = new Pool(members, { clock, slowStart: 1000 });
  const { events } = new Reporter('default', undefined);
  const heard: unknown[] = [];
  events.on('backend:state', (event) => heard.push(event));
  const [a, b] = members as [(typeof members)[0], (typeof members)[0]];
  return { clock, pool, a, b, heard, operations: new Operations(pool, events) };
}

describe('setState', () => {
  it('changes the state and tells of it, if it is another', () => {
    const { operations, a, heard } = house();
    operations.setState('a', 'ready');
    operations.setState('a', 'drain');
    operations.setState('a', 'drain');
    expect(a.state).toBe('drain');
    expect(heard).toEqual([{ backend: 'a', from: 'ready', to: 'drain' }]);
  });

  it('to ready begins slowly, but not for one that is ready', () => {
    const { operations, a } = house();
    operations.setState('a', 'ready');
    expect(a.weight).toBe(1);
    operations.setState('a', 'drain');
    operations.setState('a', 'ready');
    expect(a.weight).toBeCloseTo(0.1);
    operations.setState('a', 'drain');
    expect(a.weight).toBe(1);
  });

  it('knows no other state', () => {
    const { operations, a } = house();
    const error = thrownBy(() => operations.setState('a', 'drian' as never));
    expect(error).toMatchObject({
      code: 'FAIRLEAD_OPTIONS',
      message: expect.stringContaining("did you mean 'drain'?"),
    });
    expect(a.state).toBe('ready');
  });
});

describe('setWeight', () => {
  it('changes the weight for the next pick, and tells nobody', () => {
    const { operations, pool, a, heard } = house();
    const before = pool.available();
    operations.setWeight('a', 7);
    expect(a).toMatchObject({ weight: 7, configuredWeight: 7 });
    expect(pool.available()).not.toBe(before);
    expect(heard).toEqual([]);
  });

  it('keeps one that is on its way to its weight on its way', () => {
    const { operations, clock, a } = house();
    operations.setState('a', 'drain');
    operations.setState('a', 'ready');
    clock.advance(500);
    operations.setWeight('a', 100);
    expect(a.weight).toBeCloseTo(55);
  });

  it.each([
    [0, 'above 0'],
    [-1, 'above 0'],
    [1001, 'at most 1000'],
    [Number.NaN, 'a number'],
    [Number.POSITIVE_INFINITY, 'a number'],
    ['2', 'a number'],
    [undefined, 'a number'],
  ])('refuses %s', (weight, rule) => {
    const { operations, a } = house();
    const error = thrownBy(() => operations.setWeight('a', weight as number));
    expect(error.code).toBe('FAIRLEAD_OPTIONS');
    expect(error.problems).toMatchObject([{ path: 'weight', rule }]);
    expect(error.message).toContain(`1 problem with setWeight():\n  weight: ${rule}`);
    expect(a.weight).toBe(1);
  });
});

it.each([
  ['setState', (operations: Operations, id: string) => operations.setState(id, 'drain')],
  ['setWeight', (operations: Operations, id: string) => operations.setWeight(id, 2)],
] as const)('%s knows no other backend, and says what was probably meant', (_name, run) => {
  const clock = new FakeClock();
  const pool = new Pool(
    backendsOf(1).map((backend) => ({ ...backend, id: 'backend-1' })),
    { clock },
  );
  const operations = new Operations(pool, new Reporter('default', undefined).events);
  expect(thrownBy(() => run(operations, 'bakend-1')).message).toContain("did you mean 'backend-1'?");
  expect(thrownBy(() => run(operations, 'zzz')).message).toContain('known are backend-1');
});

it.each([undefined, {}])('attach(%j) says what it takes', (server) => {
  const lb = loadBalancer({ backends: [] });
  expect(() => lb.attach(server as Server)).toThrow('attach() takes a server');
});
