import { STATUS_CODES } from 'node:http';

/** RFC 9110, 9, RFC 5789 and QUERY. Anything else is a client's own word, and clients have many. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY']);

/** The value of the label `method`: one that is known, or `other`. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}

const CODES = new Map<number, string>([[499, '499']]);
for (const code of Object.keys(STATUS_CODES)) CODES.set(Number(code), code);

/**
 * The value of the label `code`: one that has a name, or its class as in `5xx`, which `code=~"5.."` matches as well. A
 * backend may answer with any number, and with another one each time.
 */
export function codeLabel(status: number): string {
  const known = CODES.get(status);
  if (known !== undefined) return known;
  const hundreds = Math.floor(status / 100);
  return hundreds >= 1 && hundreds <= 5 ? `${hundreds}xx` : 'other';
}
