import { consecutive } from './consecutive.js';
import { outlier } from './outlier.js';
import { rate } from './rate.js';
import type { TripModule } from './rule.js';

/** Every rule that trips a breaker, by name. One new file, one new line here. */
export const tripRules = {
  consecutive,
  rate,
  outlier,
} satisfies Record<string, TripModule<object>>;

type Registry = typeof tripRules;

export type TripName = keyof Registry;

/** Options that belong to the rule of that name. */
export type TripOptions<Name extends TripName> = Parameters<Registry[Name]['create']>[0];
