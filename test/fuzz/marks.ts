/** Stands for a request's mark, in requests and answers alike, and is as long as one. */
export const MARK = 'ID~~~~~~~~';

const issued = new Set<string>();
let cases = 0;

/**
 * Marks that no other case has: of the case, and of the request in it. Those of two cases have little in common, so that
 * a mark that was mutated is hardly ever another one.
 */
export function markMaker(): (request: number) => string {
  const name = ((++cases * 1_640_531_527) % 36 ** 6).toString(36).padStart(6, '0');
  return (request) => {
    const mark = `ID${name}${request.toString(36).padStart(2, '0')}`;
    issued.add(mark);
    return mark;
  };
}

/** The marks in a text, in order. */
export function marksIn(text: string): string[] {
  return (text.match(/ID[0-9a-z]{8}/g) ?? []).filter((mark) => issued.has(mark));
}
