/** A request as somebody has pasted it, taken apart. */
export interface Pasted {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
}

/** `GET /cart HTTP/1.1`, `GET /cart`, `/cart`. */
const FIRST = /^(?:([A-Za-z]+)\s+)?(.+?)(?:\s+HTTP\/[\d.]+)?$/;

/** Values of one name are one: joined as HTTP has it, cookies by their own sign. */
function joined(name: string, before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
}

/**
 * Takes a request apart as it goes over the wire, or as a browser's tools show it: a first line, then headers. Without a
 * first line it is `GET /`. What comes after an empty line is the body, which nobody is asked about.
 */
export function parseRequest(text: string): Pasted {
  const [head = ''] = text.trim().split(/\r?\n\s*\r?\n/, 1);
  const lines = head.split(/\r?\n/).map((line) => line.trim());
  const isHeader = (line: string): boolean => /^:?[\w!#$%&'*+.^`|~-]+:(\s|$)/.test(line);
  const [first = ''] = lines;
  const [, method = 'GET', url = '/'] = isHeader(first) ? [] : (FIRST.exec(first) ?? []);
  const headers: Record<string, string> = {};
  for (const line of lines.filter(isHeader)) {
    // HTTP/2's own begin with a colon.
    const colon = line.indexOf(':', 1);
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = joined(name, headers[name], line.slice(colon + 1).trim());
  }
  return {
    method: (headers[':method'] ?? method).toUpperCase(),
    url: headers[':path'] ?? url,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(':'))),
  };
}
