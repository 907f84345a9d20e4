import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Where a test server can be reached, and who is connected to it. */
export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Connections open now. */
  readonly open: ReadonlySet<Socket>;
  /** Connections ever accepted. */
  readonly accepted: () => number;
  /** Resolves as soon as no more than `count` connections are open. */
  readonly atMost: (count: number) => Promise<void>;
  /** Stops listening and breaks every connection; runs by itself when the test ends. */
  readonly stop: () => Promise<void>;
}

/** Starts a server on a free port of 127.0.0.1, for as long as the running test lasts. */
export async function listen(server: Server, port = 0): Promise<Listening> {
  const open = new Set<Socket>();
  const waiting = new Set<() => void>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      for (const check of waiting) check();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
    return stopped;
  };
  onTestFinished(stop);
  const address = server.address() as AddressInfo;
  const atMost = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (open.size > count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { port: address.port, url: `http://127.0.0.1:${address.port}`, open, accepted: () => accepted, atMost, stop };
}

let deadPorts = 0;

/**
 * A port of 127.0.0.1 on which nobody listens, nor will: it lies below those the system gives out for port 0, so that no
 * server of a test that runs beside this one comes to it. Each is another.
 */
export async function deadPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + ((process.pid * 97 + deadPorts++) % 10_000);
    const socket = connect(port, '127.0.0.1');
    const refused = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    socket.destroy();
    if (refused) return port;
  }
}
