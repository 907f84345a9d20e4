import { spawnSync } from 'node:child_process';

/** Whether there is one: `apt-get install prometheus`. */
export const hasPromtool = spawnSync('promtool', ['--version']).status === 0;

/** What promtool says of this, with its exit code. */
export function promtool(args: readonly string[], input = ''): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
}
