import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineNames } from '../support/engines.js';
import { cases } from './cases.js';
import { problemsOf } from './lane.js';

/**
 * By default few cases, the same in every run. `FUZZ_RUNS=200 npx vitest run test/fuzz` tries 200 batches of up to 24
 * cases with each engine, `FUZZ_SEED` other ones.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? 0);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261);

/** What nobody caught. Vitest hears of it too; only here can it be told which case it was. */
const uncaught: string[] = [];
const onUncaught = (thrown: unknown): void => {
  uncaught.push(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
};
const EVENTS = ['uncaughtException', 'unhandledRejection', 'warning'] as const;

beforeAll(() => {
  for (const event of EVENTS) process.on(event, onUncaught);
});
afterAll(() => {
  for (const event of EVENTS) process.off(event, onUncaught);
});

const listeners = (): string =>
  process
    .eventNames()
    .map((name) => `${String(name)} ${process.listenerCount(name)}`)
    .join();

describe.each(engineNames)('engine %s', (engine) => {
  test('survives what clients and backends may send, and mixes nothing up', { timeout: 3_600_000 }, async () => {
    const before = listeners();
    const until = performance.now() + (RUNS > 0 ? Number.POSITIVE_INFINITY : 5_000);
    // What fails is looked at more closely, for as long as it takes.
    let failed = false;
    const property = fc.asyncProperty(fc.array(cases, { minLength: 1, maxLength: 24, size: 'max' }), async (batch) => {
      if (!failed && performance.now() > until) return;
      const problems = await Promise.all(batch.map((one) => problemsOf(engine, one)));
      problems.push(uncaught.splice(0));
      failed ||= problems.flat().length > 0;
      expect(problems.flat()).toEqual([]);
    });
    // A failure is made smaller only for as long as the gate can wait.
    const interruptAfterTimeLimit = RUNS > 0 ? 3_000_000 : 30_000;
    await fc.assert(property, { seed: SEED, numRuns: RUNS > 0 ? RUNS : 500, interruptAfterTimeLimit });
    expect(listeners()).toBe(before);
  });
});
