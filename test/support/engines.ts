import type { EngineSpec } from 'fairlead';
import { engines } from '../../lib/forward/engines/index.js';

/** Every engine of the registry: what the contract suites run over. */
export const engineNames = Object.keys(engines) as Extract<EngineSpec, string>[];
