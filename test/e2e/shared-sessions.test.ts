import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { front, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { hasRedis, redisServer } from '../support/redis.js';

declare module 'express-session' {
  interface SessionData {
    count?: number;
  }
}

/** A backend as docs/recipes/sessions.md has it: its sessions are in Redis. */
async function backend(name: string, socket: string) {
  const client = createClient({ socket: { path: socket, tls: false } });
  await client.connect();
  onTestFinished(() => client.destroy());
  const app = express();
  app.use(session({ store: new RedisStore({ client }), secret: 'test', resave: false, saveUninitialized: false }));
  app.get('/', (request, response) => {
    request.session.count = (request.session.count ?? 0) + 1;
    response.json({ by: name, visits: request.session.count });
  });
  return { id: name, ...(await serveApp(app)) };
}

describe.skipIf(!hasRedis)('sessions in Redis', () => {
  test('need no stickiness: any backend has them, also when the others are gone', async () => {
    const socket = await redisServer();
    const backends = await Promise.all(['a', 'b', 'c'].map((name) => backend(name, socket)));
    const list = backends.map(({ id, url }) => ({ id, url }));
    const { port } = await front({ strategy: 'round-robin', backends: list });
    let cookie = '';
    const visit = async (): Promise<{ by: string; visits: number }> => {
      const { text, headers } = await ask(port, { headers: cookie === '' ? {} : { cookie } });
      cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? cookie;
      return JSON.parse(text);
    };
    const seen = new Set<string>();
    for (let i = 1; i <= 6; i++) {
      const { by, visits } = await visit();
      seen.add(by);
      expect(visits).toBe(i);
    }
    expect(seen).toEqual(new Set(['a', 'b', 'c']));
    await backends[0]?.stop();
    await backends[1]?.stop();
    for (let i = 7; i <= 9; i++) expect(await visit()).toEqual({ by: 'c', visits: i });
  });
});
