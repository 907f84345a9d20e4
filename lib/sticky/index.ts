import type { AffinityModule } from '../core/affinity.js';
import { cookieSticky } from './cookie.js';
import { ipSticky } from './ip.js';

/** Every way to pin a client, by the name given as `by`. One new file, one new line here. */
export const affinities = {
  cookie: cookieSticky,
  ip: ipSticky,
} satisfies Record<string, AffinityModule<object>>;

type Registry = typeof affinities;

export type StickyName = keyof Registry;

/** `{ by, ... }` with the options that belong to that name. */
export type StickyOptions = {
  [Name in StickyName]: { readonly by: Name } & Parameters<Registry[Name]['create']>[0];
}[StickyName];
