import type { StrategyModule } from '../core/strategy.js';
import { adaptive } from './adaptive.js';
import { consistentHash } from './consistent-hash.js';
import { first } from './first.js';
import { ipHash } from './ip-hash.js';
import { leastConnections } from './least-connections.js';
import { leastResponseTime } from './least-response-time.js';
import { maglev } from './maglev.js';
import { p2c } from './p2c.js';
import { peakEwma } from './peak-ewma.js';
import { random } from './random.js';
import { rendezvous } from './rendezvous.js';
import { roundRobin } from './round-robin.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

/** Every strategy by name. One new file, one new line here. */
export const strategies = {
  p2c,
  'round-robin': roundRobin,
  'weighted-round-robin': weightedRoundRobin,
  random,
  'least-connections': leastConnections,
  'weighted-least-connections': leastConnections,
  'least-response-time': leastResponseTime,
  'peak-ewma': peakEwma,
  adaptive,
  'ip-hash': ipHash,
  'consistent-hash': consistentHash,
  rendezvous,
  maglev,
  first,
} satisfies Record<string, StrategyModule<object>>;

type Registry = typeof strategies;

export type StrategyName = keyof Registry;

/** Options of the strategy of that name. */
export type StrategyOptions<Name extends StrategyName> = Parameters<Registry[Name]['create']>[0];
