/** Levenshtein distance with adjacent swaps counted as one edit. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const edit = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      rows[i]?.push(swapped ? Math.min(edit, at(i - 2, j - 2) + 1) : edit);
    }
  }
  return at(a.length, b.length);
}

/** Shorter beginnings say too little. */
const MIN_BEGINNING = 3;

/** The spelling of a word matters less than its letters: `leastConnections`, `least_connections`. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** The known word a mistyped or shortened one (`least_conn`) was most likely meant to be, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // A hostile key of a megabyte must not cost a quadratic table.
  if (word.length > 64) return undefined;
  const given = folded(word);
  const ranked = known
    .map((candidate) => ({ candidate, edits: distance(given, folded(candidate)) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  if (best !== undefined && best.edits <= Math.max(1, Math.floor(best.candidate.length / 3))) return best.candidate;
  const begun = known.filter((candidate) => folded(candidate).startsWith(given));
  return given.length >= MIN_BEGINNING && begun.length === 1 ? begun[0] : undefined;
}
