import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AdminState, LoadBalancerOptions, Stats } from 'fairlead';
import { onTestFinished } from 'vitest';

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  /** Ends the process at once, as a crash would, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

async function started(program: string, argument: string): Promise<Running> {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(file, [argument], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port, kill };
}

/** A backend that keeps its sessions in memory: test/support/child-sessions.js. */
export async function sessionBackend(name: string): Promise<{ url: string; kill: () => Promise<void> }> {
  const { port, kill } = await started('./child-sessions.js', name);
  return { url: `http://127.0.0.1:${port}`, kill };
}

export interface AppProcess {
  readonly port: number;
  readonly kill: () => Promise<void>;
  readonly setState: (id: string, state: AdminState) => Promise<Stats>;
  readonly stats: () => Promise<Stats>;
}

/** An app with a balancer of these options: test/support/child-balancer.js. It runs what was built last. */
export async function appProcess(options: LoadBalancerOptions): Promise<AppProcess> {
  const { child, port, kill } = await started('./child-balancer.js', JSON.stringify(options));
  const told = async (message: object): Promise<Stats> => {
    child.send(message);
    const [{ stats }] = (await once(child, 'message')) as [{ stats: Stats }];
    return stats;
  };
  return { port, kill, setState: (id, state) => told({ id, state }), stats: () => told({}) };
}
