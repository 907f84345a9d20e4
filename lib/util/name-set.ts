/**
 * Names of headers, in lower case. Few other headers have a name as long as one of these, and only those are looked up: a
 * name that has just been put into lower case has to be hashed first.
 */
export class NameSet {
  readonly #names: ReadonlySet<string>;
  /** A bit for each length; one of 32 or more shares its bit with a shorter one. */
  readonly #lengths: number;

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    this.#lengths = names.reduce((bits, { length }) => bits | (1 << length), 0);
  }

  has(name: string): boolean {
    return ((this.#lengths >>> name.length) & 1) === 1 && this.#names.has(name);
  }
}
