import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { hasProgram } from './needs.js';

export const hasRedis = hasProgram('redis-server', 'redis-server');

/** A real Redis on a Unix socket of its own, which keeps nothing; ends with the test. */
export async function redisServer(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-redis-'));
  const socket = path.join(folder, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await gone;
    await rm(folder, { recursive: true });
  });
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (/ready to accept connections/i.test(line)) resolve();
    });
    child.once('exit', () => reject(new Error('redis-server ended')));
  });
  return socket;
}
