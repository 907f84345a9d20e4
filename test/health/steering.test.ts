import { describe, expect, it } from 'vitest';
import { steeringOf, steeringOfReport } from '../../lib/health/steering.js';

describe('what a backend says of itself', () => {
  it.each([
    ['drain', { state: 'drain' }],
    ['Ready', { state: 'ready' }],
    ['maint', { state: 'maintenance' }],
    ['50%', { share: 0.5 }],
    ['weight=12.5%', { share: 0.125 }],
    ['ready, 75%', { state: 'ready', share: 0.75 }],
    ['state=drain; weight:20%', { state: 'drain', share: 0.2 }],
    ['drain ready', { state: 'ready' }],
    ['0%', { state: 'drain' }],
    ['maintenance 0%', { state: 'maintenance' }],
    ['250%', { share: 1 }],
    ['', {}],
    ['up down maxconn:30 -5% 1e3% constructor toString', {}],
  ])('in a header: %j', (header, steering) => {
    expect(steeringOf(header)).toEqual(steering);
  });

  it.each([
    [
      { state: 'drain', weight: '50%' },
      { state: 'drain', share: 0.5 },
    ],
    [{ weight: ' 10% ' }, { share: 0.1 }],
    [{ state: 'up', weight: 5 }, {}],
    [{ state: ['drain'] }, {}],
    [{ state: '__proto__' }, {}],
    [{}, {}],
  ])('in a report: %j', (report, steering) => {
    expect(steeringOfReport(report)).toEqual(steering);
  });
});
