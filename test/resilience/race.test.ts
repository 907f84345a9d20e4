import { describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../lib/core/outcome.js';
import { Race, type Runner } from '../../lib/resilience/race.js';
import { aborted, answered, failed, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

/** A race whose runners end when the test says so. */
function house(second = true) {
  const clock = new FakeClock();
  const race = new Race();
  const runners: { runner: Runner; end: (outcome: Outcome) => void; abandon: () => void }[] = [];
  const start = (runner: Runner): Promise<Outcome> =>
    new Promise((end) => {
      const abandon = vi.fn(() => end(aborted()));
      runner.enters(abandon);
      runners.push({ runner, end, abandon });
    });
  const over = vi.fn();
  void race.run(start, second ? start : () => undefined, (fn) => clock.after(50, fn)).then(over);
  return { clock, race, runners, over };
}

describe('a race', () => {
  it('is over with the first that answers in time: no second sets out', async () => {
    const { clock, race, runners, over } = house();
    race.won(runners[0]?.runner as Runner);
    clock.advance(100);
    expect(runners).toHaveLength(1);
    runners[0]?.end(answered());
    await settled();
    expect(over).toHaveBeenCalledWith(answered());
  });

  it.each([0, 1])('is won by number %i, and the other ends at once', async (winner) => {
    const { clock, race, runners, over } = house();
    clock.advance(50);
    expect(runners).toHaveLength(2);
    race.won(runners[winner]?.runner as Runner);
    expect(runners[1 - winner]?.abandon).toHaveBeenCalledOnce();
    await settled();
    expect(over).not.toHaveBeenCalled();
    runners[winner]?.end(answered({ status: 201 }));
    await settled();
    expect(over.mock.calls).toEqual([[answered({ status: 201 })]]);
    expect(clock.pending).toBe(0);
  });

  it('goes on with one when the other fails, and ends with the last', async () => {
    const { clock, race, runners, over } = house();
    clock.advance(50);
    runners[0]?.end(failed('FAIRLEAD_BACKEND_RESET'));
    await settled();
    expect(over).not.toHaveBeenCalled();
    expect(race.isRunning(runners[1]?.runner as Runner)).toBe(false);
    runners[1]?.end(failed('FAIRLEAD_CONNECT'));
    await settled();
    expect(over.mock.calls[0]?.[0]).toMatchObject({ error: { code: 'FAIRLEAD_CONNECT' } });
  });

  it('is over when the first fails before the second sets out', async () => {
    const { clock, runners, over } = house();
    runners[0]?.end(failed('FAIRLEAD_CONNECT'));
    await settled();
    expect(over).toHaveBeenCalledOnce();
    clock.advance(100);
    expect(runners).toHaveLength(1);
  });

  it('goes on with the first where there is no second', async () => {
    const { clock, runners, over } = house(false);
    clock.advance(50);
    expect(over).not.toHaveBeenCalled();
    runners[0]?.end(answered());
    await settled();
    expect(over).toHaveBeenCalledOnce();
  });
});
