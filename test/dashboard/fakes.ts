import type { BackendStats } from '../../lib/observe/stats.js';
import { balance } from '../support/balance.js';

/** A backend at peace; @param over what is otherwise */
export function backendStats(over: Partial<BackendStats> = {}): BackendStats {
  const [stats] = balance({ backends: [{ id: 'a', url: 'http://10.0.0.1:3000' }] }).stats().backends;
  if (stats === undefined) throw new Error('there is one');
  return { ...stats, ...over };
}
