import { describe, expect, it, vi } from 'vitest';
import { Board } from '../../lib/dashboard/board.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import type { BackendStats } from '../../lib/observe/stats.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

function board() {
  const clock = new FakeClock(5_000);
  const lb = balance({
    name: 'api',
    strategy: 'round-robin',
    sticky: true,
    backends: [
      { id: 'a', url: 'http://10.0.0.1:3000', zone: 'north', weight: 2 },
      { id: 'b', url: 'http://10.0.0.2:3000', backup: true },
    ],
  });
  return { clock, lb, board: new Board(lb, new Timeline(clock), clock) };
}

describe('Board', () => {
  it('shows a balancer and its backends as they are', () => {
    const { lb, board: shown } = board();
    lb.setState('b', 'maintenance');
    lb.setWeight('a', 3);
    const { head, rows } = shown.picture();
    expect(head).toMatchObject({
      name: 'api',
      strategy: 'round-robin',
      rate: 0,
      failing: null,
      active: 0,
      total: 0,
    });
    expect(Object.fromEntries(head.more)).toMatchObject({ tunnels: '0', retried: '0', 'sticky clients': '0' });
    expect(rows).toMatchObject([
      { id: 'a', url: 'http://10.0.0.1:3000', tags: ['north'], status: 'up', weight: 3, share: null, clients: 0 },
      { id: 'b', tags: ['priority 1'], status: 'maintenance', state: 'maintenance', level: 'off' },
    ]);
  });

  it('a backup stands by until it is the first that is left', () => {
    const { lb, board: shown } = board();
    const status = () => shown.picture().rows.map((row) => row.status);
    expect(status()).toEqual(['up', 'standby']);
    lb.setState('a', 'drain');
    expect(status()).toEqual(['drained', 'up']);
  });

  it('a backend whose answers are 5xx is failing, though no request has failed', () => {
    const { clock, lb, board: shown } = board();
    const { stats } = lb;
    let requests = 0;
    vi.spyOn(lb, 'stats').mockImplementation(() => {
      const now = stats();
      const [a, ...others] = now.backends as [BackendStats];
      const statuses = { ...a.statuses, '5xx': requests };
      return {
        ...now,
        requests: { ...now.requests, total: requests },
        statuses,
        backends: [{ ...a, total: requests, statuses }, ...others],
      };
    });
    shown.picture();
    requests = 20;
    clock.advance(1_000);
    const { head, rows } = shown.picture();
    expect(head).toMatchObject({ errors: 20, failing: 1 });
    expect(rows[0]).toMatchObject({ status: 'failing', why: 'answers with 5xx', errors: 20, failing: 1, failed: 0 });
    expect(rows[1]).toMatchObject({ status: 'standby' });
  });

  it('takes rates from picture to picture, and has their history', () => {
    const { clock, board: shown } = board();
    for (let i = 0; i < 3; i++) {
      shown.picture();
      clock.advance(1_000);
    }
    const [total, a, ...more] = shown.history(['a', 'nobody']);
    expect(total?.id).toBe('');
    expect(a?.id).toBe('a');
    expect(a?.figures.rate.slice(-4)).toEqual([0, 0, 0, null]);
    expect(more).toEqual([]);
  });
});
