import { expect, it } from 'vitest';
import { argumentsOf, HELP } from '../../lib/simulate/arguments.js';
import { UsageError } from '../../lib/simulate/usage-error.js';

it('nothing said: everything, seed 1', () => {
  expect(argumentsOf([])).toMatchObject({ scenarios: [], strategies: [], requests: undefined, seed: 1, docs: false });
});

it('reads what is said', () => {
  const words = '--scenario equal,one-slow --scenario hot-key --strategy p2c --requests 1_000 --seed 7 --html a.html';
  expect(argumentsOf(words.split(' '))).toMatchObject({
    scenarios: ['equal', 'one-slow', 'hot-key'],
    strategies: ['p2c'],
    ...{ requests: 1000, seed: 7, html: 'a.html' },
  });
});

it.each([
  [['--scenaro', 'x'], /--scenaro: there is no such option; did you mean 'scenario'/],
  [['--requests', 'many'], /--requests: a whole number from 1 .*not 'many'/],
  [['--requests', '0'], /--requests/],
  [['--requests', ''], /--requests/],
  [['--seed', '1.5'], /--seed/],
  [['--html'], /--html/],
  [['equal'], /equal/],
])('refuses %j', (words, message) => {
  expect(() => argumentsOf(words)).toThrow(message);
  expect(() => argumentsOf(words)).toThrow(UsageError);
});

it('the help names every option', () => {
  for (const name of Object.keys(argumentsOf([]))) {
    const option = { scenarios: 'scenario', strategies: 'strategy' }[name] ?? name;
    expect(HELP).toContain(`--${option}`);
  }
});
