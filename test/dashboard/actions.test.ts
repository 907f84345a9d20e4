import { describe, expect, it } from 'vitest';
import { act, answer, BadRequest } from '../../lib/dashboard/actions.js';
import { Board } from '../../lib/dashboard/board.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { thrownBy } from '../core/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

function boards() {
  const clock = new FakeClock();
  const lb = balance({ strategy: 'first', backends: [{ id: 'a', url: 'http://10.0.0.1' }, 'http://10.0.0.2'] });
  return { lb, list: [new Board(lb, new Timeline(clock), clock)] };
}

describe('act', () => {
  it('sets states and weights, and says what it did', () => {
    const { lb, list } = boards();
    expect(act(list, { balancer: 0, backend: 'a', do: 'maintenance' }).did).toBe('backend a was set to maintenance');
    expect(lb.stats().backends[0]?.state).toBe('maintenance');
    act(list, { balancer: 0, backend: 'a', do: 'ready' });
    expect(lb.stats().backends[0]?.state).toBe('ready');
    expect(act(list, { balancer: 0, backend: 'a', do: 'weight', weight: 2.5 }).did).toBe('backend a has weight 2.5');
    expect(lb.stats().backends[0]?.weight).toBe(2.5);
  });

  it('begins a drain that counts down', () => {
    const { lb, list } = boards();
    act(list, { balancer: 0, backend: 'a', do: 'drain', timeout: 5_000 });
    expect(lb.stats().backends[0]?.state).toBe('drain');
  });

  it.each([
    [null],
    ['drain'],
    [{}],
    [{ balancer: 0, backend: 'a', do: 'explode' }],
    [{ balancer: 1, backend: 'a', do: 'ready' }],
    [{ balancer: -1, backend: 'a', do: 'ready' }],
    [{ balancer: '__proto__', backend: 'a', do: 'ready' }],
    [{ balancer: 0, backend: 'a', do: 'weight' }],
    [{ balancer: 0, backend: 'a', do: 'drain', timeout: -1 }],
    [{ balancer: 0, backend: 'a', do: 'drain', timeout: 1e12 }],
    [{ balancer: 0, backend: 'a', do: 'ready', more: 1 }],
  ])('refuses %j', (value) => {
    const { lb, list } = boards();
    expect(() => act(list, value)).toThrow(BadRequest);
    expect(lb.stats().backends[0]?.state).toBe('ready');
  });

  it('what the balancer itself refuses is told in its own words', () => {
    const { list } = boards();
    expect(thrownBy(() => act(list, { balancer: 0, backend: 'b', do: 'ready' })).code).toBe('FAIRLEAD_OPTIONS');
    const weight = { balancer: 0, backend: 'a', do: 'weight', weight: -1 };
    expect(thrownBy(() => act(list, weight)).message).toContain('weight');
  });
});

describe('answer', () => {
  const question = { balancer: 0, method: 'GET', url: '/', headers: {}, address: '' };

  it('explains a request that nobody has made', () => {
    const { list } = boards();
    expect(answer(list, { ...question, address: '203.0.113.7' })).toMatchObject({ client: '203.0.113.7', chosen: 'a' });
  });

  it.each([
    [{}],
    [{ ...question, method: 'GET /' }],
    [{ ...question, url: 'x'.repeat(20_000) }],
    [{ ...question, headers: { a: 1 } }],
    [{ ...question, headers: [] }],
    [{ ...question, address: 'x'.repeat(65) }],
    [{ ...question, balancer: 7 }],
  ])('refuses what is no request (%#)', (value) => {
    const { list } = boards();
    expect(() => answer(list, value)).toThrow(BadRequest);
  });
});
