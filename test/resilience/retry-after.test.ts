import { expect, it } from 'vitest';
import { retryAfter } from '../../lib/resilience/retry-after.js';

const NOW = Date.UTC(2026, 0, 1);

it.each([
  [[], 0],
  [['Retry-After', '2'], 2_000],
  [['retry-after', ' 0 '], 0],
  [['Retry-After', 'Thu, 01 Jan 2026 00:00:03 GMT'], 3_000],
  [['Retry-After', 'Wed, 31 Dec 2025 00:00:00 GMT'], 0],
  [['Retry-After', 'soon'], 0],
  [['Retry-After', '-1'], 0],
  [['Retry-After', '1.5'], 0],
  [['Retry-After', ''], 0],
] as [string[], number][])('%j asks for %i ms', (headers, ms) => {
  expect(retryAfter(headers, NOW)).toBe(ms);
});
