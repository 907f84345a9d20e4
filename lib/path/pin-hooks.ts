import type { Affinity, Found } from '../core/affinity.js';
import type { Backend } from '../core/backend.js';
import type { Exchange } from '../core/exchange.js';
import type { Terms } from '../forward/errand.js';

type Hooks = Pick<Terms, 'pin' | 'look'>;

const NO_HOOKS: Hooks = { pin: () => [] };

/** What a way to be sticky has to say when the answer of this backend comes. */
export function hooksOf(affinity: Affinity | undefined, exchange: Exchange, backend: Backend, found: Found): Hooks {
  if (affinity?.pin === undefined) return NO_HOOKS;
  const { look } = affinity;
  return {
    pin: (answer) => affinity.pin?.(exchange, { backend, found, ...answer }) ?? [],
    look: look && ((answer) => affinity.look?.(exchange, { backend, found, ...answer })),
  };
}
