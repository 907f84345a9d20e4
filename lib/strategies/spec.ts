import { z } from 'zod';
import { systemClock } from '../core/clock.js';
import { FairleadError } from '../core/errors.js';
import { problemsOf, problemsText } from '../core/problems.js';
import { systemRandom } from '../core/random.js';
import { chosenEntry } from '../core/registry.js';
import type { Strategy, StrategyEnvironment, StrategyModule } from '../core/strategy.js';
import { type StrategyName, type StrategyOptions, strategies } from './index.js';

/** A name, a name with its options, or a strategy of one's own. */
export type StrategySpec =
  | StrategyName
  | { [Name in StrategyName]: readonly [Name, StrategyOptions<Name>] }[StrategyName]
  | Strategy;

/** A strategy that has been chosen but not yet made. */
export interface ChosenStrategy {
  /** For statistics; `custom` for a user's own. */
  readonly name: string;
  create(environment: StrategyEnvironment): Strategy;
}

function isStrategy(value: unknown): value is Strategy {
  return typeof value === 'object' && value !== null && 'pick' in value && typeof value.pick === 'function';
}

export const strategySchema = z.unknown().transform((value, context): ChosenStrategy => {
  if (isStrategy(value)) return { name: 'custom', create: () => value };
  const pair = Array.isArray(value);
  if (pair && (value.length < 1 || value.length > 2)) {
    context.issues.push({ code: 'custom', message: 'a name, [name, options], or an object with pick()', input: value });
    return z.NEVER;
  }
  const registry: Record<string, StrategyModule<object>> = strategies;
  const [name, options] = pair ? value : [value];
  const place = { noun: 'strategy', name: pair ? [0] : [], options: [1] };
  const entry = chosenEntry(registry, name, options, place, context);
  if (entry === undefined) return z.NEVER;
  return { name: entry.name, create: (environment) => entry.module.create(entry.options, environment) };
});

/**
 * Makes a strategy by itself, for composing and for testing one's own.
 *
 * @param environment clock and random source; default: the system's
 * @throws FairleadError FAIRLEAD_OPTIONS for an unknown name or bad options
 */
export function createStrategy(spec: StrategySpec, environment: Partial<StrategyEnvironment> = {}): Strategy {
  const parsed = strategySchema.safeParse(spec);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, spec);
    throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'createStrategy()'), { problems });
  }
  return parsed.data.create({
    clock: environment.clock ?? systemClock,
    random: environment.random ?? systemRandom,
  });
}
