import { createServer } from 'node:http';
import express from 'express';
import type { BackendInput, Explanation, LoadBalancer, LoadBalancerOptions, Strategy } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { balance, express4, front, mounts, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { listen } from '../support/listen.js';
import { origin } from '../support/origin.js';

/** A front over backends that answer with their ids. */
async function named(all: Readonly<Record<string, Omit<BackendInput, 'url'>>>, options = {}) {
  const origins = new Map<string, Awaited<ReturnType<typeof origin>>>();
  const backends: BackendInput[] = [];
  for (const [id, input] of Object.entries(all)) {
    const server = await origin((_got, response) => response.end(id));
    origins.set(id, server);
    backends.push({ id, url: server.url, ...input });
  }
  const list: LoadBalancerOptions = { strategy: 'round-robin', backends, ...options };
  const { lb, port } = await front(list);
  const get = async (headers = {}) => (await ask(port, { headers })).text;
  const several = async (count: number) => {
    const got = new Set<string>();
    for (let i = 0; i < count; i++) got.add(await get());
    return [...got].sort().join(' ');
  };
  return { lb, port, origins, get, several, backends };
}

/** The Cookie header with which a client goes on after this answer. */
async function cookieOf(port: number): Promise<string> {
  const { headers } = await ask(port);
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
}

const stateOf = (lb: LoadBalancer, id: string) => lb.stats().backends.find((backend) => backend.id === id);

describe('backups', () => {
  test('wait, take over from a tier that drains, and hand back', async () => {
    const { lb, several } = await named({ a: {}, b: {}, spare: { backup: true }, last: { priority: 2 } });
    expect(await several(6)).toBe('a b');
    lb.setState('a', 'drain');
    expect(await several(6)).toBe('b');
    lb.setState('b', 'drain');
    expect(await several(6)).toBe('spare');
    lb.setState('spare', 'drain');
    expect(await several(3)).toBe('last');
    lb.setState('spare', 'ready');
    lb.setState('b', 'ready');
    expect(await several(6)).toBe('b');
    expect(stateOf(lb, 'spare')).toMatchObject({ priority: 1, available: true, active: 0, total: 6 });
    expect(stateOf(lb, 'last')).toMatchObject({ priority: 2, total: 3 });
  });

  test('answer what a tier that is dead cannot, after everyone in it has been tried', async () => {
    const tiers = { a: {}, b: {}, spare: { backup: true }, last: { priority: 2 } };
    // Without a breaker, which would leave out who has failed, and then there are attempts left for the last.
    const { lb, several, get, origins } = await named(tiers, { breaker: false });
    await origins.get('a')?.stop();
    // Another of the tier comes before the next tier.
    expect(await several(6)).toBe('b');
    expect(stateOf(lb, 'spare')?.total).toBe(0);
    await origins.get('b')?.stop();
    expect(await several(6)).toBe('spare');
    expect(stateOf(lb, 'last')?.total).toBe(0);
    // Two attempts beyond the first: a, b and spare; the last one is not reached.
    await origins.get('spare')?.stop();
    expect(await get()).not.toBe('last');
    expect(stateOf(lb, 'last')?.total).toBe(0);
  });

  test('reach every tier where attempts suffice', async () => {
    const tiers = { a: {}, b: { backup: true }, c: { priority: 2 }, d: { priority: 3 } };
    const { get, origins } = await named(tiers, { retry: { attempts: 3 } });
    for (const id of ['a', 'b', 'c']) await origins.get(id)?.stop();
    expect(await get()).toBe('d');
  });

  test('keep the clients that a cookie pins there, also after the handing back; others leave', async () => {
    const { lb, port, get } = await named({ a: {}, spare: { backup: true } }, { sticky: true });
    lb.setState('a', 'drain');
    const cookie = await cookieOf(port);
    lb.setState('a', 'ready');
    expect(await get({ cookie })).toBe('spare');
    expect(await get()).toBe('a');
    expect(lb.stats().sticky).toMatchObject({ hits: 1, lost: 0 });
  });

  test('are nobody’s home with sticky by address', async () => {
    const { lb, several } = await named({ spare: { backup: true }, a: {} }, { sticky: 'ip' });
    expect(await several(2)).toBe('a');
    lb.setState('a', 'drain');
    // Drained, it still takes those at home there: there are no new clients.
    expect(await several(2)).toBe('a');
  });
});

describe('zones', () => {
  test('keep requests at home while somebody is there', async () => {
    const places = { us: { zone: 'us-1' }, eu: { zone: 'eu-1' }, other: { zone: 'eu-1' }, none: {} };
    const { lb, several } = await named(places, { zone: 'eu-1' });
    expect(await several(6)).toBe('eu other');
    lb.setState('eu', 'drain');
    expect(await several(3)).toBe('other');
    lb.setState('other', 'drain');
    expect(await several(4)).toBe('none us');
    lb.setState('eu', 'ready');
    expect(await several(3)).toBe('eu');
    expect(stateOf(lb, 'us')).toMatchObject({ zone: 'us-1', available: true });
    expect(stateOf(lb, 'none')?.zone).toBeUndefined();
  });

  test('let a request that fails at home go abroad', async () => {
    const { get, origins } = await named({ us: { zone: 'us-1' }, eu: { zone: 'eu-1' } }, { zone: 'eu-1' });
    await origins.get('eu')?.stop();
    expect(await get()).toBe('us');
  });
});

describe('weights at run time', () => {
  test('count from the next pick on', async () => {
    const { lb, get } = await named({ a: {}, b: {} }, { strategy: 'weighted-round-robin' });
    const share = async () => {
      let ofA = 0;
      for (let i = 0; i < 8; i++) if ((await get()) === 'a') ofA++;
      return ofA;
    };
    expect(await share()).toBe(4);
    lb.setWeight('a', 3);
    expect(await share()).toBe(6);
    expect(lb.backends[0]).toMatchObject({ weight: 3, effectiveWeight: 3 });
    expect(stateOf(lb, 'a')).toMatchObject({ weight: 3, effectiveWeight: 3 });
    expect(() => lb.setWeight('aa', 3)).toThrow("did you mean 'a'?");
    expect(() => lb.setWeight('a', 0)).toThrow('above 0');
  });

  test('are small for one that comes back, where slowStart says so, and full at the start', async () => {
    const { lb, get } = await named(
      { a: {}, b: { slowStart: 0 } },
      { strategy: 'weighted-round-robin', slowStart: '1h' },
    );
    const count = async (id: string) => {
      let hits = 0;
      for (let i = 0; i < 22; i++) if ((await get()) === id) hits++;
      return hits;
    };
    expect(await count('a')).toBe(11);
    for (const id of ['a', 'b']) lb.setState(id, 'drain');
    for (const id of ['a', 'b']) lb.setState(id, 'ready');
    expect(lb.backends.map(({ weight, effectiveWeight }) => [weight, effectiveWeight])).toEqual([
      [1, 0.1],
      [1, 1],
    ]);
    expect(await count('a')).toBe(2);
  });
});

describe('onAcquire', () => {
  test('hears of every attempt, whoever chose it, and harms nobody when it throws', async () => {
    const heard: string[] = [];
    const strategy: Strategy = {
      pick: (candidates) => candidates[0] ?? candidates[1] ?? (undefined as never),
      onAcquire: ({ id, active }) => {
        heard.push(`+${id}${active}`);
        throw new Error('mine');
      },
      onRelease: ({ id, active }) => void heard.push(`-${id}${active}`),
    };
    const { lb, port, get, origins } = await named({ a: {}, b: {} }, { strategy, sticky: true });
    const errors: string[] = [];
    lb.on('error', ({ error }) => errors.push(error.message));
    const cookie = await cookieOf(port);
    expect(await get({ cookie })).toBe('a');
    await origins.get('a')?.stop();
    expect(await get()).toBe('b');
    expect(heard).toEqual(['+a1', '-a0', '+a1', '-a0', '+a1', '-a0', '+b1', '-b0']);
    expect(errors.filter((message) => message === "the strategy's onAcquire threw")).toHaveLength(4);
  });
});

describe('explain', () => {
  const telling: Strategy = {
    pick: (candidates, { key }) => candidates[key.length % candidates.length] ?? (undefined as never),
    peek: (candidates, { key }) => candidates[key.length % candidates.length] ?? (undefined as never),
  };

  test.each(Object.entries(mounts))('tells under %s who gets the request', async (_name, mount) => {
    const backend = await origin();
    const backends = ['a', 'b', 'c'].map((id) => ({ id, url: backend.url }));
    const lb = balance({ backends, strategy: telling, sticky: true });
    const told: Explanation[] = [];
    const app = mount('/api', lb);
    const { port } = await serveApp((request, response) => {
      told.push(lb.explain(request));
      app(request, response);
    });
    const first = await ask(port, { path: '/api/x' });
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await ask(port, { path: '/api/x', headers: { cookie } });
    const [id] = lb.stats().backends.flatMap((each) => (each.total > 0 ? [each.id] : []));
    expect(told).toMatchObject([
      { client: '127.0.0.1', chosen: id },
      { client: '127.0.0.1', chosen: id, pinned: id },
    ]);
    expect(lb.stats()).toMatchObject({ requests: { total: 2 }, sticky: { hits: 1, assigned: 1 } });
  });

  test.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('in a route of %s sees the client through proxies that the app trusts', async (_name, create) => {
    const lb = balance({ backends: [{ id: 'a', url: 'http://10.0.0.1' }], strategy: telling });
    const app = create().set('trust proxy', 'loopback');
    const router = create.Router().get('/why', (request, response) => void response.json(lb.explain(request)));
    const { port } = await serveApp(app.use('/admin', router));
    const { text } = await ask(port, { path: '/admin/why', headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(JSON.parse(text)).toEqual({
      client: '203.0.113.9',
      chosen: 'a',
      backends: [{ id: 'a', available: true }],
    });
    expect(lb.stats().requests.total).toBe(0);
  });

  test('of a balancer that is closed names nobody', async () => {
    const lb = balance({ backends: ['http://10.0.0.1'], strategy: telling });
    const { port } = await listen(
      createServer((request, response) => void response.end(JSON.stringify(lb.explain(request)))),
    );
    await lb.close();
    expect(JSON.parse((await ask(port)).text)).toMatchObject({ error: { code: 'FAIRLEAD_CLOSING' } });
  });
});
