import type { AffinityModule } from '../core/affinity.js';
import { cookieSticky } from './cookie.js';
import { headerSticky } from './header.js';
import { ipSticky } from './ip.js';
import { learnSticky } from './learn.js';
import { paramSticky } from './param.js';

/** Every way to pin a client, by the name given as `by`. One new file, one new line here. */
export const affinities = {
  cookie: cookieSticky,
  header: headerSticky,
  ip: ipSticky,
  learn: learnSticky,
  param: paramSticky,
} satisfies Record<string, AffinityModule<object>>;

type Registry = typeof affinities;

export type StickyName = keyof Registry;

type OptionsOf<Name extends StickyName> = Parameters<Registry[Name]['create']>[0];

/** Those that can do without options, and so can be had by their name alone. */
export type BareStickyName = {
  [Name in StickyName]: object extends OptionsOf<Name> ? Name : never;
}[StickyName];

/** `{ by, ... }` with the options that belong to that name. */
export type StickyOptions = {
  [Name in StickyName]: { readonly by: Name } & OptionsOf<Name>;
}[StickyName];
