import { spawnSync } from 'node:child_process';

/**
 * Whether the tests of a program run that is not of npm. Under CI they do, and fail where it is missing: a test that never
 * runs shows nothing. Elsewhere it is said that they are left out.
 *
 * @param install what Debian's package is called
 */
export function hasProgram(program: string, install: string): boolean {
  if (process.env.CI !== undefined || spawnSync(program, ['--version']).status === 0) return true;
  console.warn(`${program} is not installed, so its tests are left out: apt-get install ${install}`);
  return false;
}
