import { spawnSync } from 'node:child_process';
import { hasProgram } from './needs.js';

export const hasPromtool = hasProgram('promtool', 'prometheus');

/** What promtool says of this, with its exit code. */
export function promtool(args: readonly string[], input = ''): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
}
