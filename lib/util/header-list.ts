/** Headers as Node's `rawHeaders` has them: name, value, name, value ... in the order and spelling of the sender. */
export type HeaderList = readonly string[];

const NONE: readonly string[] = Object.freeze([]);

/** The values of a header, in order; `name` in lower case. */
export function headerValues(list: HeaderList, name: string): readonly string[] {
  let values: string[] | undefined;
  for (let i = 0; i < list.length; i += 2) {
    const candidate = list[i] as string;
    // Most names differ in length: only the others are worth a copy in lower case.
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    const value = list[i + 1] as string;
    if (values === undefined) values = [value];
    else values.push(value);
  }
  return values ?? NONE;
}

/** The values of a header as one list, which they are (RFC 9110, 5.3); undefined for none. @param name in lower case */
export function joinedValues(list: HeaderList, name: string): string | undefined {
  const values = headerValues(list, name);
  return values.length > 1 ? values.join(', ') : values[0];
}

/** The list as pairs. */
export function headerPairs(list: HeaderList): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string]);
  return pairs;
}
