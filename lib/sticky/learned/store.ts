import { z } from 'zod';

type Eventually<T> = T | Promise<T>;

/** Where sessions and their backends are kept. Each method may answer at once or later; none has to work. */
export interface StickyStore {
  /** Id of the backend that a session is pinned to. A session that is asked for is in use: its time starts anew. */
  get(session: string): Eventually<string | null | undefined>;
  /** @param ttl milliseconds after which an unused session may be forgotten */
  set(session: string, backend: string, ttl: number): unknown;
  delete(session: string): unknown;
  /** The same as `get`, at once and without leaving a trace, for `lb.explain`. */
  peek?(session: string): string | undefined;
}

const METHODS = ['get', 'set', 'delete'];

function isStore(value: unknown): value is StickyStore {
  if (typeof value !== 'object' || value === null) return false;
  return METHODS.every((name) => typeof Reflect.get(value, name) === 'function');
}

export const storeSchema = z.custom<StickyStore>(isStore, 'an object with get(), set() and delete()');
