import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A backend that runs as a child process. */
export interface RunningBackend {
  readonly id: string;
  readonly url: string;
  readonly pid: number;
  /** Ends it, and resolves when it is gone. */
  stop(): Promise<void>;
}

const BACKENDS = [
  { id: 'north', delay: 0 },
  { id: 'south', delay: 0 },
  { id: 'slow', delay: 150 },
];

/** Starts the three backends, on the ports given or on free ones. */
export function startBackends(ports: readonly string[]): Promise<RunningBackend[]> {
  return Promise.all(BACKENDS.map(({ id, delay }, index) => startBackend(id, ports[index] ?? '0', delay)));
}

async function startBackend(id: string, port: string, delay: number): Promise<RunningBackend> {
  const child = fork(new URL('./backend.js', import.meta.url), [id, port, String(delay)]);
  const gone = once(child, 'exit');
  const listening = await Promise.race([portOf(child), gone.then(() => undefined)]);
  if (listening === undefined || child.pid === undefined) throw new Error(`backend ${id} did not start`);
  void gone.then(([code, signal]) => console.log(`backend ${id} has ended (${signal ?? code})`));
  return {
    id,
    url: `http://127.0.0.1:${listening}`,
    pid: child.pid,
    async stop() {
      child.kill();
      await gone;
    },
  };
}

/** The port a backend tells us once it listens. */
async function portOf(child: ChildProcess): Promise<number> {
  const [message] = await once(child, 'message');
  return message.port;
}
