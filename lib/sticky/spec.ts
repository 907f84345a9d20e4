import { z } from 'zod';
import type { Affinity, AffinityModule } from '../core/affinity.js';
import { chosenEntry } from '../core/registry.js';
import { affinities, type StickyName, type StickyOptions } from './index.js';

/** `true` (a cookie), a name, or a name with its options; `false` for none. */
export type StickySpec = boolean | StickyName | StickyOptions;

/** A way to pin clients that has been chosen but not yet made. */
export type ChosenAffinity = (balancer: string) => Affinity;

export const stickySchema = z.unknown().transform((value, context): ChosenAffinity | undefined => {
  if (value === undefined || value === false) return undefined;
  const object = typeof value === 'object' && value !== null;
  const { by, ...options } = object ? { by: undefined, ...value } : { by: value === true ? 'cookie' : value };
  const registry: Record<string, AffinityModule<object>> = affinities;
  const place = { noun: 'way to be sticky', name: object ? ['by'] : [], options: [] };
  const entry = chosenEntry(registry, by, options, place, context);
  if (entry === undefined) return z.NEVER;
  return (balancer) => entry.module.create(entry.options, balancer);
});
