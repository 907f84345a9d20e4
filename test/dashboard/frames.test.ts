import { describe, expect, it } from 'vitest';
import type { Picture } from '../../lib/dashboard/board.js';
import { Frames } from '../../lib/dashboard/frames.js';
import type { Frame, Row } from '../../lib/dashboard/page/protocol.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { FakeClock } from '../support/clock.js';

const row = (id: string, active = 0): Row => ({
  id,
  url: 'http://10.0.0.1',
  tags: [],
  status: 'up',
  level: 'good',
  word: 'Up',
  why: '',
  state: 'ready',
  share: null,
  failing: null,
  active,
  upgrades: 0,
  total: 0,
  failed: 0,
  weight: 1,
  effectiveWeight: 1,
  notes: [],
  rate: null,
  errors: null,
  p50: null,
  p95: null,
  p99: null,
});

const NONE = { rate: null, errors: null, p50: null, p95: null, p99: null };
const head = { name: 'api', strategy: 'p2c', uptime: 1, failing: null, active: 0, total: 0, more: [], ...NONE };
const picture = (...rows: Row[]): Picture => ({ head, rows });

function frames() {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const made = new Frames(1, timeline, clock);
  const next = (...rows: Row[]): Frame => JSON.parse(made.next([picture(...rows)]));
  const full = (): Frame => JSON.parse(made.full);
  return { clock, timeline, next, full, made };
}

describe('Frames', () => {
  it('tell what has changed, and nothing else', () => {
    const { clock, next } = frames();
    expect(next(row('a'), row('b'))).toEqual({
      at: clock.date(),
      full: false,
      balancers: [{ head, order: ['a', 'b'], rows: [row('a'), row('b')] }],
      events: [],
    });
    expect(next(row('a'), row('b', 7)).balancers).toEqual([{ head, rows: [row('b', 7)] }]);
    expect(next(row('a'), row('b', 7)).balancers).toEqual([{ head, rows: [] }]);
  });

  it('tell of backends that come, go and change places', () => {
    const { next } = frames();
    next(row('a'), row('b'));
    expect(next(row('b'), row('a')).balancers).toEqual([{ head, order: ['b', 'a'], rows: [] }]);
    expect(next(row('a'), row('c')).balancers).toEqual([{ head, order: ['a', 'c'], rows: [row('c')] }]);
    expect(next(row('b'), row('c')).balancers).toEqual([{ head, order: ['b', 'c'], rows: [row('b')] }]);
    expect(next().balancers).toEqual([{ head, order: [], rows: [] }]);
  });

  it('a full one tells everything as of the latest, and is made once', () => {
    const { timeline, next, full, made } = frames();
    timeline.add({ balancer: 'api', level: 'bad', text: 'one' });
    next(row('a'));
    timeline.add({ balancer: 'api', level: 'bad', text: 'two' });
    expect(next(row('a', 2)).events).toMatchObject([{ text: 'two' }]);
    expect(full()).toMatchObject({
      full: true,
      balancers: [{ head, order: ['a'], rows: [row('a', 2)] }],
      events: [{ text: 'one' }, { text: 'two' }],
    });
    expect(made.full).toBe(made.full);
  });

  it('nothing in them breaks out of its line', () => {
    const { made } = frames();
    expect(made.next([picture(row('a\n\ndata: {}\r\n'))])).not.toMatch(/[\r\n]/);
  });
});
