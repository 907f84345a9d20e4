import type { StrategyModule } from '../core/strategy.js';
import { ipHash } from './ip-hash.js';
import { leastConnections } from './least-connections.js';
import { p2c } from './p2c.js';
import { random } from './random.js';
import { roundRobin } from './round-robin.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

/** Every strategy by name. One new file, one new line here. */
export const strategies = {
  p2c,
  'round-robin': roundRobin,
  'weighted-round-robin': weightedRoundRobin,
  random,
  'least-connections': leastConnections,
  'ip-hash': ipHash,
} satisfies Record<string, StrategyModule<object>>;

type Registry = typeof strategies;

export type StrategyName = keyof Registry;

/** Options of the strategy of that name. */
export type StrategyOptions<Name extends StrategyName> = Parameters<Registry[Name]['create']>[0];
