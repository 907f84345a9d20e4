import type { Affinity, Found } from '../core/affinity.js';
import type { Backend } from '../core/backend.js';
import type { Exchange } from '../core/exchange.js';
import type { Terms } from '../forward/errand.js';
import { pinResult, type Trip } from './journey.js';
import type { Stages } from './stages.js';

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

/** The same, and what became of the pin is counted then: an answer may take days, and of a WebSocket that is the rule. */
export function countedHooks({ affinity, answered }: Stages, trip: Trip, backend: Backend): Hooks {
  const { errand, found } = trip;
  const { exchange } = errand;
  const hooks = hooksOf(affinity, exchange, backend, found);
  if (answered === undefined) return hooks;
  return {
    look: hooks.look,
    pin: (answer) => {
      const lines = hooks.pin(answer);
      answered({ found, pin: pinResult(found, backend), backend, counted: trip.counted }, exchange);
      trip.counted = true;
      return lines;
    },
  };
}
