import type { Rule } from '../rule.js';
import type { ParsedLimits } from './options.js';

/** Whether a backend has a limit of its own, as far as what was given can be read. */
function isLimited(backend: unknown): boolean {
  return typeof backend === 'object' && backend !== null && Reflect.get(backend, 'maxConnections') !== undefined;
}

/** @param backends as they were given */
export function limitsRules(
  { maxConnections, queue, rate, priority, adaptive }: ParsedLimits,
  backends: unknown,
): Rule[] {
  const limited =
    maxConnections !== undefined ||
    rate?.backend !== undefined ||
    adaptive !== undefined ||
    (Array.isArray(backends) && backends.some(isLimited));
  return [
    [
      ['limits', 'queue'],
      'not without a limit, or nobody ever waits: give maxConnections, adaptive or rate.backend here, or maxConnections with a backend',
      queue !== undefined && !limited,
    ],
    [
      ['limits', 'priority'],
      'not without a queue: it says who has to leave that when it is full',
      priority !== undefined && queue === undefined,
    ],
  ];
}
