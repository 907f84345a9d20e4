import { expect, it } from 'vitest';
import { runChecks } from '../../lib/health/self-checks.js';
import { settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

it('runs all side by side, each with its time and error', async () => {
  const clock = new FakeClock();
  const after = (ms: number) => () => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const run = runChecks(
    {
      quick: after(10),
      slow: after(50),
      throws: () => {
        throw new Error('no');
      },
      rejects: async () => Promise.reject('plain'),
      refuses: () => false,
      odd: () => 0,
    },
    100,
    clock,
  );
  const result = run();
  await settled();
  clock.advance(50);
  expect(await result).toEqual({
    quick: { ok: true, ms: expect.any(Number) },
    slow: { ok: true, ms: 50 },
    throws: { ok: false, ms: 0, error: 'no' },
    rejects: { ok: false, ms: 0, error: 'plain' },
    refuses: { ok: false, ms: 0, error: 'the check returned false' },
    odd: { ok: true, ms: 0 },
  });
  expect(clock.pending).toBe(0);
});

it('reports one that hangs, does not wait for it, and does not begin it again', async () => {
  const clock = new FakeClock();
  let begun = 0;
  const signals: AbortSignal[] = [];
  let end = (): void => {};
  const hangs = ({ signal }: { signal: AbortSignal }) => {
    begun++;
    signals.push(signal);
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  const run = runChecks({ hangs }, 100, clock);
  const first = run();
  const beside = run();
  clock.advance(100);
  const late = { hangs: { ok: false, ms: 100, error: 'no result within 100 ms' } };
  expect([await first, await beside]).toEqual([late, late]);
  expect(signals[0]?.aborted).toBe(true);
  clock.advance(900);
  expect(await run()).toEqual({ hangs: { ...late.hangs, ms: 1_000 } });
  expect(begun).toBe(1);
  end();
  await settled();
  const again = run();
  expect(begun).toBe(2);
  end();
  expect(await again).toMatchObject({ hangs: { ok: true } });
});

it('one that throws what is no error, nor any text, fails', async () => {
  const odd = () => {
    throw Object.create(null);
  };
  expect(await runChecks({ odd }, 100, new FakeClock())()).toMatchObject({ odd: { ok: false } });
});
