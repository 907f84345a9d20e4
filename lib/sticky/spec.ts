import { z } from 'zod';
import type { Affinity, AffinityEnvironment, AffinityModule } from '../core/affinity.js';
import { chosenEntry } from '../core/registry.js';
import { lostSchema, type OnLost } from './common/lost.js';
import { affinities, type BareStickyName, type StickyOptions } from './index.js';

/** What every way to pin clients has in common. */
export interface CommonStickyOptions {
  /** A client whose backend is gone or down: `'redistribute'` (default), `'reject'` (503), or what a function says. */
  readonly onLost?: OnLost | undefined;
}

/** `true` (a cookie), a name, or a name with its options; `false` for none. */
export type StickySpec = boolean | BareStickyName | (StickyOptions & CommonStickyOptions);

/** A way to pin clients that has been chosen but not yet made. */
export interface ChosenAffinity {
  readonly create: (environment: AffinityEnvironment) => Affinity;
  readonly onLost: OnLost;
}

export const stickySchema = z.unknown().transform((value, context): ChosenAffinity | undefined => {
  if (value === undefined || value === false) return undefined;
  const object = typeof value === 'object' && value !== null;
  const whole: { by: unknown; onLost?: unknown } = object
    ? { by: undefined, ...value }
    : { by: value === true ? 'cookie' : value };
  const { by, onLost: given, ...options } = whole;
  const onLost = lostSchema.safeParse(given);
  for (const { message } of onLost.error?.issues ?? []) {
    context.issues.push({ code: 'custom', path: ['onLost'], message, input: given });
  }
  const registry: Record<string, AffinityModule<object>> = affinities;
  const place = { noun: 'way to be sticky', name: object ? ['by'] : [], options: [] };
  const entry = chosenEntry(registry, by, options, place, context);
  if (entry === undefined || !onLost.success) return z.NEVER;
  return {
    create: (environment) => entry.module.create(entry.options, environment),
    onLost: onLost.data ?? 'redistribute',
  };
});
