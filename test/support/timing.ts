import type { Timing } from '../../lib/health/standing.js';

/** How the tests check backends: each number another, and no jitter. */
export const timing: Timing = {
  interval: 10_000,
  timeout: 5_000,
  rise: 2,
  fall: 3,
  jitter: 0,
  fastInterval: 2_000,
  downInterval: 60_000,
  startup: { interval: 1_000, timeout: 500, fall: 4, assume: 'up' },
};
