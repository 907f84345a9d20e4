import { expect, it } from 'vitest';
import { singleIssues } from '../../lib/core/problems.js';
import { noOptions } from '../../lib/core/schema.js';

it('noOptions takes an empty object', () => {
  expect(noOptions.safeParse({})).toMatchObject({ success: true });
});

it.each([false, 0, 'x', []])('noOptions refuses %j', (value) => {
  expect(noOptions.safeParse(value).success).toBe(false);
});

it('noOptions names each option that is not there', () => {
  const parsed = noOptions.safeParse({ load: 'active', choices: 2 });
  if (parsed.success) throw new Error('accepted');
  expect(singleIssues(parsed.error.issues)).toEqual([
    { path: ['load'], message: 'no options' },
    { path: ['choices'], message: 'no options' },
  ]);
});
