import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { engineNames } from '../support/engines.js';

const script = fileURLToPath(new URL('../../bench/failing/run.js', import.meta.url));

/** Processes are started one after the other: some 10 s, and more on a machine that is busy. */
const BUSY = 90_000;

/** `npm run failing` in a short form; the script says what it measures. */
async function run(scenario: string, engine: string) {
  const options = ['--seconds', '3', '--connections', '50', '--json', '--scenario', scenario, '--engine', engine];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...options]);
  return JSON.parse(stdout);
}

describe.each(engineNames)('engine %s: three backends under load', (engine) => {
  test.each(['kill', 'stop'])(
    '%s one after the other: no GET fails, and no POST is carried out twice',
    async (scenario) => {
      const found = await run(scenario, engine);
      expect(found).toMatchObject({ GET: { failed: 0 }, doubled: 0, lost: 0, active: 0, good: true });
      expect(found.GET.asked).toBeGreaterThan(50);
      expect(found.retried).toBeGreaterThan(0);
      expect(found.budgetExhausted).toBe(0);
    },
    BUSY,
  );

  test(
    'restart them one after the other: nothing fails',
    async () => {
      const found = await run('rolling', engine);
      expect(found).toMatchObject({ GET: { failed: 0 }, POST: { failed: 0 }, doubled: 0, lost: 0, good: true });
      expect(found.POST.asked).toBeGreaterThan(10);
    },
    BUSY,
  );
});
