/** Header lines an operator sets or removes on the way; names in lower case. */
export interface HeaderEdits {
  readonly set: ReadonlyMap<string, readonly [name: string, value: string]>;
  readonly remove: ReadonlySet<string>;
}

export function compileEdits(edits: {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}): HeaderEdits {
  return {
    set: new Map(Object.entries(edits.set).map(([name, value]) => [name.toLowerCase(), [name, value]])),
    remove: new Set(edits.remove.map((name) => name.toLowerCase())),
  };
}

/** The list after the edits: what is set replaces every line of its name and stands at the end. */
export function edited(list: string[], edits: HeaderEdits): string[] {
  if (edits.set.size === 0 && edits.remove.size === 0) return list;
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const lower = (list[i] as string).toLowerCase();
    if (!edits.remove.has(lower) && !edits.set.has(lower)) kept.push(list[i] as string, list[i + 1] as string);
  }
  for (const line of edits.set.values()) kept.push(...line);
  return kept;
}
