import type { IncomingMessage } from 'node:http';

/** How much a request counts when there is not room for all: the higher, the more. 0 is what most are. */
export type Priority = (request: IncomingMessage) => number;

/** What the user's function says, or 0 where it says nothing of use. Never throws. */
export function priorityOf(
  priority: Priority,
  request: IncomingMessage,
  threw: (what: string, cause: unknown) => void,
): number {
  try {
    const value: unknown = priority(request);
    if (typeof value === 'number' && !Number.isNaN(value)) return value;
    threw('limits.priority returned no number', value);
  } catch (thrown) {
    threw('limits.priority threw', thrown);
  }
  return 0;
}
