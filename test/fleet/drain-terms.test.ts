import { describe, expect, it } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { drainTerms } from '../../lib/fleet/drain-terms.js';

function problems(options: unknown): string {
  try {
    drainTerms(options, 'drain()');
  } catch (error) {
    if (error instanceof FairleadError) return `${error.code}: ${error.message}`;
  }
  return 'no problem';
}

describe('what is asked of a drain', () => {
  it.each([
    [undefined, undefined, undefined],
    [{}, undefined, undefined],
    [{ timeout: 0 }, 0, undefined],
    [{ timeout: '5s' }, 5000, undefined],
    [{ timeout: 250, upgrades: 'close' }, 250, 'close'],
  ])('%j', (options, timeout, upgrades) => {
    expect(drainTerms(options, 'drain()')).toEqual({ timeout, upgrades });
  });

  it.each([
    [{ timeout: -1 }, 'timeout'],
    [{ timeout: 'soon' }, 'timeout'],
    [{ upgrades: 'cut' }, "'wait' or 'close'"],
    [{ timout: 5 }, 'did you mean'],
  ])('not %j', (options, said) => {
    expect(problems(options)).toMatch(/^FAIRLEAD_OPTIONS: /);
    expect(problems(options)).toContain('drain()');
    expect(problems(options)).toContain(said);
  });

  it('every problem is told at once', () => {
    const told = problems({ timeout: -1, upgrades: 'cut' });
    expect(told).toContain('timeout');
    expect(told).toContain('upgrades');
  });
});
