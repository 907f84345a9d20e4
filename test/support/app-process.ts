import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AdminState, DrainOptions, DrainReport, LoadBalancerOptions, Stats } from 'fairlead';
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
  /** Begins a drain; gives what will come of it. */
  readonly drain: (id: string, options: DrainOptions) => Promise<{ readonly report: Promise<DrainReport> }>;
  /** Asks it to end, as an orchestrator does; gives what it tells last. */
  readonly terminate: () => Promise<{ readonly report: DrainReport; readonly code: number | null }>;
}

/** An app with a balancer of these options: test/support/child-balancer.js. It runs what was built last. */
export async function appProcess(options: LoadBalancerOptions): Promise<AppProcess> {
  const { child, port, kill } = await started('./child-balancer.js', JSON.stringify(options));
  /** The next message that has this. */
  const next = <Key extends string, Value>(key: Key): Promise<Value> =>
    new Promise((resolve) => {
      const listener = (message: { [Name in Key]?: Value }): void => {
        const value = message[key];
        if (value === undefined) return;
        child.off('message', listener);
        resolve(value);
      };
      child.on('message', listener);
    });
  const told = (message: object): Promise<Stats> => {
    child.send(message);
    return next('stats');
  };
  const reported = (): Promise<DrainReport> => next('report');
  const drain: AppProcess['drain'] = async (id, options) => {
    const report = reported();
    await told({ id, drain: options });
    return { report };
  };
  const terminate: AppProcess['terminate'] = async () => {
    const exit = once(child, 'exit');
    const report = reported();
    child.kill('SIGTERM');
    const told = await report;
    const [code] = (await exit) as [number | null];
    return { report: told, code };
  };
  return { port, kill, setState: (id, state) => told({ id, state }), stats: () => told({}), drain, terminate };
}
