/** Where a name is marked: by its length and its first letter. */
function markOf(name: string): number {
  return ((name.length & 31) << 5) | (name.charCodeAt(0) & 31);
}

/**
 * Names of headers, in lower case. Few other headers have the length and the first letter of one of these, and only those
 * are looked up: a name that has just been put into lower case has to be hashed first.
 */
export class NameSet {
  readonly #names: ReadonlySet<string>;
  readonly #marks = new Uint8Array(1_024);

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    for (const name of names) this.#marks[markOf(name)] = 1;
  }

  has(name: string): boolean {
    return this.#marks[markOf(name)] === 1 && this.#names.has(name);
  }
}
