import { type HeaderList, headerValues } from '../util/header-list.js';

/**
 * Milliseconds for which an answer asks to be left alone (RFC 9110, 10.2.3): seconds, or a date. 0 where it says nothing,
 * or nothing that can be read.
 *
 * @param date milliseconds since the epoch
 */
export function retryAfter(headers: HeaderList, date: number): number {
  const value = headerValues(headers, 'retry-after')[0]?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const at = /^[A-Za-z]{3}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - date);
}
