import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** What a script of bench/ that reads the built library prints. */
function printed(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

it('a pick is measured', () => {
  const flags = ['--expose-gc', '--max-semi-space-size=64'];
  const { ns, bytes } = JSON.parse(printed(...flags, 'bench/pick/measure.js', 'p2c', '10'));
  expect(ns).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(16);
});

it('sticky hits are measured', () => {
  const report = printed('bench/pick/sticky.js');
  for (const kind of ['cookie ', 'cookie, dates', 'cookie, secret ', 'cookie, second of two secrets']) {
    expect(report).toContain(`\n${kind}`);
  }
});
