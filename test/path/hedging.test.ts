import { describe, expect, it, vi } from 'vitest';
import type { Entry } from '../../lib/path/hedging.js';
import { taking } from '../../lib/path/hedging.js';
import type { Retries } from '../../lib/resilience/retries.js';
import type { Trail } from '../../lib/resilience/trail.js';
import { one } from '../core/fakes.js';

function house({ shuns = false, takes = true, running = true, looksAtAnswers = true } = {}) {
  const backend = one();
  const trail = { shuns: vi.fn(() => shuns), takes: vi.fn(() => takes) };
  const race = { isRunning: vi.fn(() => running), won: vi.fn() };
  const runner = {};
  const retries = { policy: { looksAtAnswers } } as Retries;
  const asked = (entry?: Entry) => taking(retries, trail as unknown as Trail, backend, entry);
  return { backend, trail, race, runner, asked, entry: { race, runner } as unknown as Entry };
}

describe('whether a client gets an answer', () => {
  it('of one attempt alone is asked only where some are not wanted', () => {
    expect(house({ looksAtAnswers: false }).asked()).toBeUndefined();
    const { asked, trail, backend } = house({ takes: false });
    expect(asked()?.(503, [])).toBe(false);
    expect(trail.takes).toHaveBeenCalledExactlyOnceWith(backend, 503, []);
  });

  it('of one of two is that of the first that is good, and the other has lost', () => {
    const { asked, entry, race, runner } = house();
    expect(asked(entry)?.(200, [])).toBe(true);
    expect(race.won).toHaveBeenCalledExactlyOnceWith(runner);
  });

  it('of one of two is not one that is shunned while the other may do better', () => {
    const { asked, entry, race, trail } = house({ shuns: true });
    expect(asked(entry)?.(503, [])).toBe(false);
    expect(trail.takes).not.toHaveBeenCalled();
    expect(race.won).not.toHaveBeenCalled();
  });

  it('of the one that is left is asked as of one alone', () => {
    const taken = house({ shuns: true, running: false });
    expect(taken.asked(taken.entry)?.(503, [])).toBe(true);
    const tried = house({ shuns: true, running: false, takes: false });
    expect(tried.asked(tried.entry)?.(503, [])).toBe(false);
    expect(tried.race.won).not.toHaveBeenCalled();
  });
});
