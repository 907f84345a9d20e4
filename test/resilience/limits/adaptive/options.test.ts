import { expect, it } from 'vitest';
import { FairleadError } from '../../../../lib/core/errors.js';
import { parseOptions } from '../../../../lib/options.js';

const adaptiveOf = (adaptive: unknown) =>
  parseOptions({ backends: ['http://a'], limits: { adaptive } } as Parameters<typeof parseOptions>[0]).limits.adaptive;

function problems(adaptive: unknown): [string, string][] {
  try {
    adaptiveOf(adaptive);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown.problems.map(({ path, rule }) => [path, rule]);
  }
  return [];
}

it('are off, on, or on with numbers', () => {
  expect([adaptiveOf(undefined), adaptiveOf(false)]).toEqual([undefined, undefined]);
  expect(adaptiveOf(true)).toEqual({ min: 3, max: 1_000, interval: 60_000, quantile: 0.5 });
  expect(adaptiveOf({ min: 1, max: 8, interval: '30s', percentile: 90 })).toEqual({
    min: 1,
    max: 8,
    interval: 30_000,
    quantile: 0.9,
  });
});

it.each([
  ['yes', [['limits.adaptive', 'false or an object with min, max, interval, percentile']]],
  [
    { min: 0, max: 1.5 },
    [
      ['limits.adaptive.min', 'at least 1'],
      ['limits.adaptive.max', 'a whole number'],
    ],
  ],
  [{ min: 9, max: 8 }, [['limits.adaptive.max', 'not below min']]],
  [{ percentile: 0.5 }, [['limits.adaptive.percentile', 'at least 1']]],
  [{ intervall: 5 }, [['limits.adaptive.intervall', "there is no such option; did you mean 'interval'?"]]],
])('%j: %j', (adaptive, expected) => {
  expect(problems(adaptive)).toEqual(expected);
});
