// Installs a folder's dependencies if they are missing or the lock file has changed since: `node install-missing.mjs [folder]`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(fileURLToPath(new URL('..', import.meta.url)), process.argv[2] ?? '.');
const lock = path.join(folder, 'package-lock.json');
const modules = path.join(folder, 'node_modules');
const stamp = path.join(modules, '.installed-from');

function lockHash() {
  return existsSync(lock) ? createHash('sha256').update(readFileSync(lock)).digest('hex') : '';
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash()) {
  execFileSync('npm', [existsSync(lock) ? 'ci' : 'install', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
    // npm is a .cmd file on Windows, which only a shell starts.
    shell: process.platform === 'win32',
  });
  writeFileSync(stamp, lockHash());
}
