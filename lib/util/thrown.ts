import { inspect } from 'node:util';

/** What to say of something that was thrown. Code of a user's own may throw what `String()` itself throws on. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return String(thrown.message);
  return typeof thrown === 'string' ? thrown : inspect(thrown);
}
