import { expect, it } from 'vitest';
import { messageOf, UsageError } from '../../lib/simulate/usage-error.js';

it('says what a thrown thing says', () => {
  expect(messageOf(new UsageError('no such scenario'))).toBe('no such scenario');
  expect(messageOf('text')).toBe('text');
});
