import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface ChildBackend {
  readonly url: string;
  /** Ends the process at once, as a crash would, and waits until it is gone. */
  readonly kill: () => Promise<void>;
  /** Stops the process where it is: connections to it still stand, in the kernel, and nobody takes them. */
  readonly freeze: () => void;
  /** Resolves as soon as this many requests wait in it at once. */
  readonly holding: (count: number) => Promise<void>;
}

const program = fileURLToPath(new URL('./child-backend.js', import.meta.url));

/** A backend in a process of its own: test/support/child-backend.js. */
export async function childBackend(): Promise<ChildBackend> {
  const child: ChildProcess = fork(program, { stdio: 'ignore' });
  const gone = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  let held = 0;
  const waiting = new Set<() => void>();
  const port = await new Promise<number>((resolve) => {
    child.on('message', (message: { port?: number; held?: number }) => {
      if (message.port !== undefined) resolve(message.port);
      held = message.held ?? held;
      for (const check of [...waiting]) check();
    });
  });
  const holding = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (held < count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const freeze = (): void => void child.kill('SIGSTOP');
  return { url: `http://127.0.0.1:${port}`, kill, freeze, holding };
}
