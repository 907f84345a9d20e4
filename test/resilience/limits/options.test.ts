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
    [{ maxConnection: 8 }, 'limits.maxConnection', "there is no such option; did you mean 'maxConnections'?"],
  ])('%j: %s', (limits, path, rule) => {
    expect(problems(limits)).toEqual([[path, rule]]);
  });
});
