import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonNumber, jsonText } from '../../../lib/observe/access-log/json.js';

it('any text comes back as it was, on one line of ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = `"${jsonText(text)}"`;
      expect(JSON.parse(written)).toBe(text);
      expect(written).toMatch(/^[ -~]*$/);
    }),
  );
});

it('a lone half of a pair is escaped, as JSON asks', () => {
  expect(jsonText('a\ud800')).toBe('a\\ud800');
});

it.each([
  [0, '0'],
  [-1, '-1'],
  [1, '1'],
  [12.34, '12.340'],
  [0.0014, '0.001'],
  [1.0999999, '1.100'],
  [0.9999, '1'],
  [86_400_000.0625, '86400000.063'],
])('%d ms are %s', (ms, text) => {
  expect(jsonNumber(ms)).toBe(text);
});
