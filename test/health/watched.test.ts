import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../lib/core/check.js';
import { Rota } from '../../lib/health/rota.js';
import { type EndedCheck, Watched } from '../../lib/health/watched.js';
import { settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { timing } from '../support/timing.js';

/** One backend that is checked; each check waits until the test says how it ends. */
function house(options: Partial<typeof timing> = {}, random = 0.5) {
  const clock = new FakeClock();
  const asked: { end: (result: CheckResult) => void; fail: (thrown: unknown) => void; signal: AbortSignal }[] = [];
  const ended: EndedCheck[] = [];
  const check = (signal: AbortSignal) =>
    new Promise<CheckResult>((end, fail) => void asked.push({ end, fail, signal }));
  const all = { clock, random: () => random, timing: { ...timing, ...options }, rota: new Rota(clock), check };
  const watched = new Watched(all, (result) => ended.push(result));
  const last = async (result: CheckResult): Promise<void> => {
    asked.at(-1)?.end(result);
    await settled();
  };
  return { clock, watched, asked, ended, last };
}

describe('a backend that is watched', () => {
  it('has failed a check that throws what is no error, nor any text', async () => {
    const { watched, asked, ended } = house();
    watched.begin();
    asked[0]?.fail(Object.create(null));
    await settled();
    expect(ended.at(-1)).toMatchObject({ check: { ok: false } });
  });

  it('is checked, and again an interval later, from beginning to beginning', async () => {
    const { clock, watched, asked, ended, last } = house();
    watched.begin();
    clock.advance(300);
    await last({ ok: true, report: { a: 1 } });
    expect(ended.at(-1)).toMatchObject({ check: { ok: true, ms: 300, at: clock.date() }, after: { health: 'up' } });
    // The first pause is cut at random, so that those who began together do not go on together.
    clock.advance(4_699);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(asked).toHaveLength(2);
    clock.advance(1_000);
    await last({ ok: true });
    clock.advance(8_999);
    expect(asked).toHaveLength(2);
    clock.advance(1);
    expect(asked).toHaveLength(3);
    expect(watched.facts).toMatchObject({ lastCheck: { ms: 1_000 }, report: { a: 1 } });
  });

  it('is not checked while it is being checked: one that takes too long fails, with its signal aborted', async () => {
    const { clock, watched, asked, ended } = house();
    watched.begin();
    clock.advance(499);
    expect(asked[0]?.signal.aborted).toBe(false);
    clock.advance(1);
    expect(asked[0]?.signal.aborted).toBe(true);
    await settled();
    expect(ended[0]?.check).toEqual({ ok: false, ms: 500, error: 'no answer within 500 ms', at: clock.date() });
    // It goes on all the same: that is a failure too, and no second check is begun beside it.
    clock.advance(500);
    await settled();
    expect([asked.length, ended[1]?.check.error]).toEqual([1, 'the check before has not ended yet']);
    asked[0]?.end({ ok: true });
    await settled();
    clock.advance(1_000);
    expect(asked).toHaveLength(2);
  });

  it('fails by throwing, by whatever is thrown', async () => {
    const { clock, watched, asked, ended } = house();
    watched.begin();
    asked[0]?.fail(new Error('no'));
    await settled();
    clock.advance(1_000);
    asked[1]?.fail('plain');
    await settled();
    expect(ended.map(({ check }) => check.error)).toEqual(['no', 'plain']);
    expect(watched.suspect).toBe(true);
  });

  it('counts what passes in a row', async () => {
    const { clock, watched, asked, ended, last } = house();
    watched.begin();
    for (const ok of [true, true, false, true]) {
      await last({ ok });
      // Up to the next check and no further.
      for (const before = asked.length; asked.length === before; ) clock.advance(100);
    }
    expect(ended.map(({ passes }) => passes)).toEqual([1, 2, 0, 1]);
  });

  it.each([
    [0, 9_000],
    [0.5, 10_000],
    [0.999, 11_000],
  ])('varies its interval by the jitter: draw %d, %d ms', async (random, pause) => {
    const { clock, watched, asked, last } = house({ jitter: 0.1 }, random);
    const next = (): number => {
      const since = clock.now();
      for (const before = asked.length; asked.length === before; ) clock.advance(10);
      return clock.now() - since;
    };
    watched.begin();
    await last({ ok: true });
    next();
    await last({ ok: true });
    // Up to half a second more: checks begin at moments common to all.
    expect(next() - pause).toBeGreaterThanOrEqual(0);
    await last({ ok: true });
    expect(next() - pause).toBeLessThanOrEqual(500);
  });

  it('is left alone once it is stopped, whatever is under way', async () => {
    const { clock, watched, asked, ended } = house();
    watched.begin();
    watched.stop();
    expect(asked[0]?.signal.aborted).toBe(true);
    await settled();
    asked[0]?.end({ ok: true });
    await settled();
    clock.advance(100_000);
    expect([asked.length, ended.length, clock.pending]).toEqual([1, 0, 0]);
  });
});
