import type { z } from 'zod';
import { singleIssues, unknownName } from './problems.js';
import type { Schema } from './schema.js';

interface Entry {
  readonly options: Schema<object>;
}

/** Where a name and its options stand in what the user wrote, for the paths of problems. */
interface Place {
  readonly noun: string;
  readonly name: readonly PropertyKey[];
  readonly options: readonly PropertyKey[];
}

/**
 * Looks a name up and checks its options with the entry's own schema. What is wrong becomes an issue of the context, and
 * the result undefined.
 */
export function chosenEntry<Module extends Entry>(
  registry: Readonly<Record<string, Module>>,
  name: unknown,
  options: unknown,
  place: Place,
  context: z.RefinementCtx,
): { readonly name: string; readonly module: Module; readonly options: object } | undefined {
  const known = Object.keys(registry);
  const module = typeof name === 'string' && Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (module === undefined || typeof name !== 'string') {
    const message = typeof name === 'string' ? unknownName(place.noun, name, known) : `one of ${known.join(', ')}`;
    context.issues.push({ code: 'custom', path: [...place.name], message, input: name });
    return undefined;
  }
  const parsed = module.options.safeParse(options === undefined ? {} : options);
  if (parsed.success) return { name, module, options: parsed.data };
  for (const { path, message } of singleIssues(parsed.error.issues)) {
    context.issues.push({ code: 'custom', path: [...place.options, ...path], message, input: options });
  }
  return undefined;
}
