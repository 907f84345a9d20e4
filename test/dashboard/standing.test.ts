import { describe, expect, it } from 'vitest';
import { LEFT_OUT } from '../../lib/dashboard/page/words.js';
import { type Heard, standingOf } from '../../lib/dashboard/standing.js';
import type { BackendStats } from '../../lib/observe/stats.js';
import { backendStats } from '../observe/fakes.js';

const FAILED = { at: 0, ok: false, ms: 1, error: 'status 500, not 200-299' };

const of = (over: Partial<BackendStats> = {}, heard: Heard = {}) => standingOf(backendStats('a', over), heard);

describe('standingOf', () => {
  it('a backend at peace is up', () => {
    expect(of()).toEqual({ status: 'up', level: 'good', word: 'Up', why: '' });
  });

  it.each<[string, Partial<BackendStats>, Heard, object]>([
    [
      'down, by the event',
      { health: 'down' },
      { checks: '3 checks failed', breaker: '5 failures' },
      { status: 'down', why: '3 checks failed' },
    ],
    ['down, by its last check', { health: 'down', lastCheck: FAILED }, {}, { level: 'bad', why: FAILED.error }],
    ['down, by nothing else', { health: 'down' }, {}, { status: 'down', why: 'its checks fail' }],
    [
      'ejected',
      { breaker: 'open' },
      { checks: 'long ago', breaker: '5 failures', openFor: 900 },
      { status: 'ejected', why: '5 failures', left: 900 },
    ],
    ['ejected for no more', { breaker: 'open' }, { openFor: -5 }, { level: 'bad', left: 0 }],
    ['on trial', { breaker: 'half-open' }, {}, { status: 'trial', level: 'warn' }],
    ['in maintenance', { state: 'maintenance', health: 'down' }, {}, { status: 'maintenance', level: 'off' }],
    [
      'draining',
      { state: 'drain', active: 3, upgrades: 1 },
      { drainFor: 5_000 },
      { status: 'draining', left: 5_000, why: 'takes no new clients; 2 requests and 1 tunnel in flight' },
    ],
    ['drained', { state: 'drain' }, {}, { status: 'drained', level: 'off' }],
    ['draining for pinned clients', { state: 'drain' }, { drainFor: 5_000 }, { status: 'draining', left: 5_000 }],
    ['down while it drains', { state: 'drain', health: 'down' }, {}, { status: 'down' }],
    ['asked out', { steered: { state: 'drain', share: 1 } }, {}, { status: 'draining', why: 'asked for drain itself' }],
    ['waiting', { leftOut: 'unknown' }, {}, { status: 'waiting', level: 'warn' }],
    ['full', { leftOut: 'full' }, {}, { status: 'full', level: 'off', word: 'Full', why: LEFT_OUT.full }],
    ['full for its rate', { leftOut: 'rate' }, {}, { status: 'full', level: 'off', why: LEFT_OUT.rate }],
    ['full and failing', { leftOut: 'full' }, { failure: 'reset' }, { status: 'failing', why: 'reset' }],
    ['unreachable', { leftOut: 'unreachable' }, {}, { status: 'failing', level: 'warn', why: LEFT_OUT.unreachable }],
    ['of another zone', { leftOut: 'zone' }, {}, { status: 'standby', level: 'off', why: LEFT_OUT.zone }],
    ['failing', {}, { failure: 'connect ECONNREFUSED' }, { status: 'failing', why: 'connect ECONNREFUSED' }],
    ['failing a check', { lastCheck: FAILED }, {}, { status: 'failing', level: 'warn' }],
    ['on standby', { priority: 1, leftOut: 'tier' }, {}, { status: 'standby', level: 'off', why: LEFT_OUT.tier }],
    ['warming up', { weight: 4, effectiveWeight: 1 }, {}, { status: 'up', why: 'at 25 % of its weight' }],
  ])('%s', (_what, over, heard, standing) => {
    expect(of(over, heard)).toMatchObject(standing);
  });

  it('a backup whose turn it is is up', () => {
    expect(of({ priority: 1 })).toMatchObject({ status: 'up' });
  });
});
