/**
 * The Cookie header without the cookies of this name; undefined when nothing is left. The rest stays as the client sent
 * it, byte for byte: apps have cookies that no parser would print again the same way.
 */
export function withoutCookie(header: string, name: string | undefined): string | undefined {
  if (name === undefined || !header.includes(name)) return header;
  const kept = header.split(';').filter((pair) => {
    const equals = pair.indexOf('=');
    return equals === -1 || pair.slice(0, equals).trim() !== name;
  });
  const text = kept.join(';').trim();
  return text === '' ? undefined : text;
}

/** The value of the first cookie of this name, as it was sent. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(name)) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
