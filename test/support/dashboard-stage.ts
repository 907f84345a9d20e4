import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import express from 'express';
import { healthEndpoint, type LoadBalancer, type LoadBalancerOptions } from 'fairlead';
import { dashboard } from 'fairlead/dashboard';
import { onTestFinished } from 'vitest';
import { balance } from './balance.js';
import { type Listening, listen } from './listen.js';

export const SCRIPT = '<img src=x onerror="alert(1)">';

/** A backend that answers after a few milliseconds, and holds what is asked of `/hold` until it is let go. */
export interface StageBackend extends Listening {
  readonly id: string;
  /** Answers to requests for `/hold`. */
  readonly held: ServerResponse[];
  /** Listens again where it did. */
  readonly revive: () => Promise<Listening>;
}

async function backend(id: string, delay: number): Promise<StageBackend> {
  const health = healthEndpoint({
    version: process.env.FAIRLEAD_SCREENSHOTS ? '2.4.1' : `${id} ${SCRIPT}`,
    checks: { database: () => {} },
  });
  const held: ServerResponse[] = [];
  const made = (): Server =>
    createServer(async (request, response) => {
      if (request.url?.startsWith('/health')) return health(request, response);
      request.resume();
      if (request.url === '/hold') return held.push(response);
      if (request.url?.startsWith('/break')) return request.socket.destroy();
      await wait(delay);
      return response.end(id);
    });
  const listening = await listen(made());
  return { ...listening, id, held, revive: () => listen(made(), listening.port) };
}

export interface Stage extends Listening {
  readonly api: LoadBalancer;
  readonly shop: LoadBalancer;
  readonly backends: readonly StageBackend[];
  /** Sends requests, several at a time, until the test ends. */
  readonly load: () => void;
  /** The app listens again where it did. */
  readonly revive: () => Promise<Listening>;
}

const DELAYS = { north: 6, south: 9, slow: 45, spare: 6 };

/** Two balancers over real backends, an app in front of them, and a dashboard at `/ops/balancer`. */
export async function stage(actions: boolean, options: Partial<LoadBalancerOptions> = {}): Promise<Stage> {
  const backends = await Promise.all(Object.entries(DELAYS).map(([id, delay]) => backend(id, delay)));
  const inputs = backends.map(({ id, url }) => ({
    id,
    url,
    zone: id === 'slow' ? 'west' : 'east',
    backup: id === 'spare',
  }));
  const health = { type: 'deep', path: '/health', interval: 100, timeout: 1_000, fall: 2, rise: 1 } as const;
  const api = balance({
    name: 'api',
    backends: inputs,
    strategy: 'least-connections',
    health,
    breaker: false,
    ...options,
  });
  const shop = balance({ name: 'shop', backends: inputs.slice(0, 3), strategy: 'round-robin', sticky: true });
  const handler = dashboard([api, shop], { actions: () => actions });
  onTestFinished(() => handler.close());
  await api.ready();
  const app = express().use('/ops/balancer', handler).use('/shop', shop).use(api);
  const server = createServer(app);
  const listening = await listen(server);
  let running = true;
  onTestFinished(() => {
    running = false;
  });
  const send = async (path: string): Promise<void> => {
    while (running) {
      await fetch(`${listening.url}${path}`)
        .then((response) => response.text())
        .catch(() => {});
      await wait(20 * Math.random());
    }
  };
  const load = (): void => {
    for (const path of ['/cart', '/cart?item=7', '/search', '/', '/shop/basket', '/shop/']) void send(path);
  };
  const revive = (): Promise<Listening> => listen(createServer(app), listening.port);
  return { ...listening, api, shop, backends, load, revive };
}
