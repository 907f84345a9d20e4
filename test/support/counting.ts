import { createServer, type RequestListener } from 'node:http';
import { type Listening, listen } from './listen.js';

export interface CountingOrigin extends Listening {
  /** Most requests and upgraded sockets that were there at once. */
  readonly most: () => number;
  /** Requests that came, in order of their targets. */
  readonly targets: readonly string[];
  /** Resolves once so many are waiting for their answer. */
  readonly held: (count: number) => Promise<void>;
  /** Answers the one that has waited longest. */
  readonly answer: (status?: number) => void;
  /** From here on everyone is answered, those that wait included. */
  readonly answerAll: () => void;
}

/** A backend that holds requests until a test lets them go, and counts how many it holds. */
export async function countingOrigin(name = 'ok'): Promise<CountingOrigin> {
  const targets: string[] = [];
  const holding = new Set<(status: number) => void>();
  const watching = new Set<() => void>();
  let there = 0;
  let most = 0;
  let free = false;
  const serve: RequestListener = (request, response) => {
    targets.push(request.url ?? '');
    there++;
    most = Math.max(most, there);
    const go = (status: number): void => {
      if (!holding.delete(go)) return;
      response.statusCode = status;
      response.setHeader('X-Backend', name);
      // What it has answered it is rid of, before the balancer can know.
      there--;
      response.end(name);
    };
    holding.add(go);
    response.on('close', () => {
      if (holding.delete(go)) there--;
    });
    for (const look of watching) look();
    if (free) setImmediate(go, 200);
  };
  const server = createServer(serve);
  server.keepAliveTimeout = 0;
  const listening = await listen(server);
  const held = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (holding.size < count) return;
        watching.delete(look);
        resolve();
      };
      watching.add(look);
      look();
    });
  return {
    ...listening,
    targets,
    most: () => most,
    held,
    answer: (status = 200) => {
      const [first] = holding;
      first?.(status);
    },
    answerAll: () => {
      free = true;
      for (const go of [...holding]) go(200);
    },
  };
}
