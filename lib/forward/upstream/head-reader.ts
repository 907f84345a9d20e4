/** Whether these bytes are this text in Latin-1. */
function isText(bytes: Buffer, text: string): boolean {
  const { length } = bytes;
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

/**
 * Reads the heads of one backend's answers, which are nearly alike: where a line is the same as in the answer before, its
 * text is that one's. Comparing takes a tenth of the time of making a string anew.
 */
export class HeadReader {
  #last: readonly string[] = [];

  /** Names and values as text, of which each byte is one character (Latin-1). */
  read(raw: readonly Buffer[]): string[] {
    const last = this.#last;
    const list: string[] = [];
    for (let i = 0; i < raw.length; i++) {
      const bytes = raw[i] as Buffer;
      const before = last[i];
      list.push(before !== undefined && isText(bytes, before) ? before : bytes.toString('latin1'));
    }
    this.#last = list;
    return list;
  }
}
