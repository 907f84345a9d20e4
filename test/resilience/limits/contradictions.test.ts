import { expect, it } from 'vitest';
import { FairleadError } from '../../../lib/core/errors.js';
import { type LoadBalancerOptions, parseOptions } from '../../../lib/options.js';

function problems(options: object): [string, string][] {
  try {
    parseOptions({ backends: ['http://a'], ...options } as LoadBalancerOptions);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown.problems.map(({ path, rule }) => [path, rule]);
  }
  return [];
}

const NO_LIMIT =
  'not without a limit, or nobody ever waits: give maxConnections, adaptive or rate.backend here, or maxConnections with a backend';
const NO_QUEUE = 'not without a queue: it says who has to leave that when it is full';

it.each([
  [{ limits: { queue: {} } }, [['limits.queue', NO_LIMIT]]],
  [{ limits: { queue: { size: 5 } }, backends: [{ url: 'http://a' }, 'http://b'] }, [['limits.queue', NO_LIMIT]]],
  [{ limits: { queue: {} }, backends: ['http://b', { url: 'http://a', maxConnections: 1 }] }, []],
  [{ limits: { queue: {}, maxConnections: 1 } }, []],
  [{ limits: { queue: {}, adaptive: true } }, []],
  [{ limits: { queue: {}, adaptive: false } }, [['limits.queue', NO_LIMIT]]],
  [{ limits: { maxConnections: 1, priority: () => 0 } }, [['limits.priority', NO_QUEUE]]],
  [
    { limits: { queue: {} }, xyz: 1 },
    [
      ['xyz', expect.any(String)],
      ['limits.queue', NO_LIMIT],
    ],
  ],
])('%j: %j', (options, expected) => {
  expect(problems(options)).toEqual(expected);
});
