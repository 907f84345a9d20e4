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

/** The values of all cookies of this name, as they were sent: another path or domain may have set one too. */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (header === undefined || !header.includes(name)) return [];
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
}

/** The name in a Set-Cookie line. */
export function setCookieName(line: string): string {
  const end = line.indexOf(';');
  const pair = end === -1 ? line : line.slice(0, end);
  const equals = pair.indexOf('=');
  return equals === -1 ? '' : pair.slice(0, equals).trim();
}
