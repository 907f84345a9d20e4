import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** What a script of bench/ that reads the built library prints. */
async function printed(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe('');
  return stdout;
}

it('a pick is measured', async () => {
  const flags = ['--expose-gc', '--max-semi-space-size=64'];
  const { ns, bytes } = JSON.parse(await printed(...flags, 'bench/pick/measure.js', 'p2c', '10'));
  expect(ns).toBeTypeOf('number');
  expect(bytes).toBeLessThan(16);
});

it('sticky hits are measured', async () => {
  const report = await printed('bench/pick/sticky.js', '--short');
  for (const kind of ['cookie ', 'cookie, dates', 'cookie, secret ', 'cookie, second of two secrets']) {
    expect(report).toContain(`\n${kind}`);
  }
});
