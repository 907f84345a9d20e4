import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Context, OpenTelemetry } from './api.js';

type Headers = NodeJS.Dict<string | string[]>;

const getter = {
  keys: (headers: object): string[] => Object.keys(headers),
  get: (headers: Headers, name: string): string | string[] | undefined => headers[name.toLowerCase()],
};

/** A propagator may be the user's own: a line that HTTP does not allow would be the attempt's failure. */
const setter = {
  set(lines: string[], name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines.push(name, value);
  },
};

/** The context a request's own headers speak of, within the active one. */
export function extracted({ propagation }: OpenTelemetry, active: Context, headers: Headers): Context {
  return propagation.extract(active, headers, getter);
}

/**
 * The header list with the context in it. The client's own lines of these names go, whatever their number: a backend that
 * got two would have to choose. Only where there is nothing to say do they stay, if they are to be believed.
 */
export function injected(
  { propagation }: OpenTelemetry,
  context: Context,
  list: readonly string[],
  believed: boolean,
): readonly string[] {
  const lines: string[] = [];
  propagation.inject(context, lines, setter);
  if (lines.length === 0 && believed) return list;
  const ours = new Set(propagation.fields().map((name) => name.toLowerCase()));
  for (let i = 0; i < lines.length; i += 2) ours.add((lines[i] as string).toLowerCase());
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (!ours.has((list[i] as string).toLowerCase())) kept.push(list[i] as string, list[i + 1] as string);
  }
  return [...kept, ...lines];
}
