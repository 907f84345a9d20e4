import { describe, expect, it } from 'vitest';
import { type LoadBalancerOptions, parseOptions } from '../../../lib/options.js';
import { thrownBy } from '../../core/fakes.js';

const parse = (breaker: unknown) => parseOptions({ backends: [], breaker } as LoadBalancerOptions).breaker;
const problems = (breaker: unknown) =>
  thrownBy(() => parse(breaker)).problems.map(({ path, rule }) => `${path}: ${rule}`);

describe('the option breaker', () => {
  it('is on, and can be switched off', () => {
    const config = parse(undefined);
    expect(config).toMatchObject({ openFor: 10_000, maxOpenFor: 300_000, maxEjected: 0.5 });
    expect(config && [...config.statuses]).toEqual([502, 503, 504]);
    expect(parse({})).toMatchObject({ openFor: 10_000 });
    expect(parse(false)).toBe(false);
  });

  it('takes durations as texts, and a longest time no shorter than the first', () => {
    expect(parse({ openFor: '30s', maxOpenFor: '1m' })).toMatchObject({ openFor: 30_000, maxOpenFor: 60_000 });
    expect(parse({ openFor: '10m' })).toMatchObject({ openFor: 600_000, maxOpenFor: 600_000 });
    expect(problems({ openFor: '2m', maxOpenFor: '1m' })).toEqual(['breaker.maxOpenFor: not below openFor']);
  });

  it('tells every problem at once, with the options of the rule that was named', () => {
    expect(
      problems({ trip: 'rate', threshold: 0, minRequests: 1.5, failures: 3, maxEjected: 2, statuses: [99] }),
    ).toEqual([
      'breaker.statuses[0]: a status',
      'breaker.maxEjected: at most 1',
      'breaker.threshold: above 0',
      'breaker.minRequests: a whole number',
      expect.stringContaining('breaker.failures: there is no such option; known are trip, statuses, openFor'),
    ]);
    expect(problems({ trip: 'outlier', minBackends: 4 })).toEqual([
      'breaker.minBackends: at least 5: of fewer none can be so far off',
    ]);
  });

  it('names the rules there are', () => {
    expect(problems({ trip: 'rat' })).toEqual(["breaker.trip: there is no such trip rule; did you mean 'rate'?"]);
    expect(problems({ trip: 5, openFor: -1 })).toEqual([
      'breaker.trip: one of consecutive, rate, outlier, or an object with record()',
      expect.stringContaining('breaker.openFor: a duration of at least 1 ms'),
    ]);
  });

  it.each([true, 5, 'rate', null])('is not %j', (value) => {
    expect(problems(value)).toEqual([expect.stringMatching(/^breaker: false or an object with trip, statuses/)]);
  });
});
