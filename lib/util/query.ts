/** `+` is a space in a query, as forms write it; what is not well escaped stays as it is. */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The value of a parameter in a request target's query: the first of that name; undefined where there is none. */
export function queryValue(target: string | undefined, name: string): string | undefined {
  const mark = target?.indexOf('?') ?? -1;
  if (target === undefined || mark === -1) return undefined;
  const hash = target.indexOf('#', mark);
  const end = hash === -1 ? target.length : hash;
  for (let at = mark + 1; at < end; ) {
    const ampersand = target.indexOf('&', at);
    const stop = ampersand === -1 || ampersand > end ? end : ampersand;
    const equals = target.indexOf('=', at);
    const nameEnd = equals === -1 || equals > stop ? stop : equals;
    if (decoded(target.slice(at, nameEnd)) === name) return decoded(target.slice(Math.min(nameEnd + 1, stop), stop));
    at = stop + 1;
  }
  return undefined;
}
