import { describe, expect, it } from 'vitest';
import { FAILURE_COST, hasFailed, latencyOf } from '../../lib/load/sample.js';
import { aborted, answered, failed } from '../core/fakes.js';

describe('what a finished request teaches', () => {
  it.each([
    ['an answer: the time to its head', answered({ responseTime: 20, duration: 9_000 }), 20, false],
    ['a 404', answered({ status: 404, responseTime: 20 }), 20, false],
    ['a 500', answered({ status: 500, responseTime: 1 }), 5_000, true],
    ['a slow 503', answered({ status: 503, responseTime: 8_000 }), 8_000, true],
    ['a 429', answered({ status: 429, responseTime: 1 }), 5_000, true],
    ['a WebSocket', answered({ status: 101, responseTime: 7, duration: 1e6 }), 7, false],
    ['a refused connection', failed('FAIRLEAD_CONNECT', false, { duration: 2 }), 5_000, true],
    ['a timeout', failed('FAIRLEAD_HEADERS_TIMEOUT', false, { duration: 60_000 }), 60_000, true],
    ['a body that broke off', failed('FAIRLEAD_RESPONSE_BODY', true, { status: 200, responseTime: 5 }), 5_000, true],
    ['a request body that broke off', failed('FAIRLEAD_REQUEST_BODY'), -1, false],
    ['our own fault', failed('FAIRLEAD_ENGINE'), -1, false],
    ['a client that went away', aborted(), -1, false],
    ['a client that went away from a 500', aborted({ status: 500, responseTime: 5 }), -1, false],
  ])('%s', (_what, outcome, latency, isFailure) => {
    expect(latencyOf(outcome, FAILURE_COST)).toBe(latency);
    expect(hasFailed(outcome)).toBe(isFailure);
  });
});
