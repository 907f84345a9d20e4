import { describe, expect, it } from 'vitest';
import { FairleadError } from '../../../lib/core/errors.js';
import { parseOptions } from '../../../lib/options.js';

const backends = ['http://a'];

function problems(limits: unknown, others: object = {}): [string, string][] {
  try {
    parseOptions({ backends, ...others, limits } as Parameters<typeof parseOptions>[0]);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown.problems.map(({ path, rule }) => [path, rule]);
  }
  return [];
}

describe('limits', () => {
  it('are none by default', () => {
    expect(parseOptions({ backends }).limits).toEqual({});
  });

  it.each([
    [{ maxConnections: 0 }, 'limits.maxConnections', 'at least 1'],
    [{ maxConnections: 1.5 }, 'limits.maxConnections', 'a whole number'],
    [{ maxConnections: '8' }, 'limits.maxConnections', 'a whole number'],
    [{ maxConnections: 1, queue: { size: 0 } }, 'limits.queue.size', 'at least 1'],
    [
      { maxConnections: 1, queue: { timeout: 0 } },
      'limits.queue.timeout',
      "a duration of at least 1 ms: a number of milliseconds, or a text as in '30s'",
    ],
    [{ maxConnections: 1, queue: {}, priority: 3 }, 'limits.priority', 'a function of the request'],
    [{ maxConnection: 8 }, 'limits.maxConnection', "there is no such option; did you mean 'maxConnections'?"],
  ])('%j: %s', (limits, path, rule) => {
    expect(problems(limits)).toEqual([[path, rule]]);
  });

  it('a queue has its size and time, and a limit of a backend is one', () => {
    const limited = [{ url: 'http://a', maxConnections: 2 }];
    expect(parseOptions({ backends: limited, limits: { queue: {} } }).limits.queue).toEqual({
      size: 1_000,
      timeout: 5_000,
    });
    expect(parseOptions({ backends: limited, limits: { queue: { timeout: '1s' } } }).limits.queue?.timeout).toBe(1_000);
  });
});
