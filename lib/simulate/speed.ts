import type { Clock } from '../core/clock.js';
import { tryOut } from './compare.js';
import { contendersOf } from './contenders.js';
import { scenarios } from './scenarios/index.js';
import { generate } from './workload.js';

const REQUESTS = 1_000_000;
const RUNS = 3;

/** Requests simulated a second of real time: round-robin over 10 backends, the best of three runs, making them included. */
export async function speed(clock: Clock, requests = REQUESTS): Promise<number> {
  const [roundRobin] = await contendersOf(['round-robin']);
  const { equal } = scenarios;
  const twice = equal.backends.map((backend) => ({ ...backend, id: `${backend.id}2` }));
  const scenario = {
    ...equal,
    arrivals: { kind: 'poisson', perSecond: 2 * equal.arrivals.perSecond },
    backends: [...equal.backends, ...twice],
  } as const;
  let best = 0;
  for (let run = 0; roundRobin !== undefined && run < RUNS; run++) {
    const since = clock.now();
    tryOut(roundRobin, scenario, generate(scenario, requests, 1), 1);
    best = Math.max(best, (1000 * requests) / (clock.now() - since));
  }
  return best;
}
