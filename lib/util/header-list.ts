/** Headers as Node's `rawHeaders` has them: name, value, name, value ... in the order and spelling of the sender. */
export type HeaderList = readonly string[];

/** The values of a header, in order; `name` in lower case. */
export function headerValues(list: HeaderList, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if ((list[i] as string).toLowerCase() === name) values.push(list[i + 1] as string);
  }
  return values;
}

/** The list as pairs. */
export function headerPairs(list: HeaderList): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string]);
  return pairs;
}
