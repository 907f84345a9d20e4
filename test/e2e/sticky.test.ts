import express from 'express';
import type { LoadBalancer, LoadBalancerOptions } from 'fairlead';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { serveApp, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { type Origin, origin, values } from '../support/origin.js';
import { rawExchange } from '../support/peer.js';

interface Shop {
  readonly lb: LoadBalancer;
  readonly port: number;
  readonly url: string;
  readonly backends: Record<string, Origin>;
  /** One request with this Cookie header: who answered, and what cookies were set. */
  readonly visit: (cookie?: string) => Promise<{ by: string; set: string[] }>;
}

describe.each(engineNames)('engine %s', (engine) => {
  const { balance, front } = through(engine);

  async function shop(options: Partial<LoadBalancerOptions> = {}): Promise<Shop> {
    const ids = ['a', 'b', 'c'];
    const backends: Record<string, Origin> = {};
    for (const id of ids) backends[id] = await origin((_got, response) => response.end(id));
    const list = ids.map((id) => ({ id, url: backends[id]?.url ?? '' }));
    const served = await front({ sticky: true, strategy: 'round-robin', backends: list, ...options });
    const visit: Shop['visit'] = async (cookie) => {
      const { text, headers } = await ask(served.port, { headers: cookie === undefined ? {} : { cookie } });
      return { by: text, set: headers['set-cookie'] ?? [] };
    };
    return { ...served, backends, visit };
  }

  const pair = (set: readonly string[]): string => set[0]?.split(';')[0] ?? '';

  describe('sticky cookie', () => {
    test('is set once, and not again while it is right', async () => {
      const { visit, lb } = await shop();
      const first = await visit();
      expect(first.set).toHaveLength(1);
      expect(first.set[0]).toMatch(/^fairlead\.default=[\w-]{16}; Path=\/; HttpOnly; SameSite=Lax$/);
      for (let i = 0; i < 6; i++) expect(await visit(pair(first.set))).toEqual({ by: first.by, set: [] });
      expect(lb.stats().sticky).toMatchObject({ hits: 6, assigned: 1, lost: 0, rejected: 0, ignored: 0, clients: 1 });
    });

    test('names each backend opaquely, and the same in every process', async () => {
      const one = await shop();
      const two = await shop();
      const cookies = new Map<string, string>();
      for (let i = 0; i < 3; i++) {
        const { by, set } = await one.visit();
        cookies.set(by, pair(set));
      }
      expect(cookies.size).toBe(3);
      for (const [by, cookie] of cookies) {
        expect((await two.visit(cookie)).by).toBe(by);
        expect(cookie).not.toMatch(/127|localhost/);
      }
    });

    test.each([
      ['fairlead.default=X', undefined],
      ['a=1; fairlead.default=X', 'a=1'],
      ['fairlead.default=X; a=1', 'a=1'],
      ['a=1; fairlead.default=X; b=2', 'a=1; b=2'],
      ['a="x y"; b=%20;fairlead.default=X;c=;d; e==f', 'a="x y"; b=%20;c=;d; e==f'],
      ['fairlead.default=X; a=1; fairlead.default=Y', 'a=1'],
      ['xfairlead.default=1; fairlead.default.x=2; fairlead.default=X', 'xfairlead.default=1; fairlead.default.x=2'],
      ['a=fairlead.default=1', 'a=fairlead.default=1'],
      ['fairlead.other=1', 'fairlead.other=1'],
      ['FAIRLEAD.DEFAULT=1', 'FAIRLEAD.DEFAULT=1'],
    ])('%s reaches the backend as %s', async (sent, got) => {
      const { visit, backends } = await shop();
      const { by } = await visit(sent);
      expect(values(backends[by]?.last().rawHeaders ?? [], 'cookie')).toEqual(got === undefined ? [] : [got]);
    });

    test('is stripped from every Cookie line, and the others stay', async () => {
      const { port, backends } = await shop();
      const { text } = await rawExchange(
        port,
        'GET / HTTP/1.1\r\nHost: x\r\nCookie: a=1; fairlead.default=X\r\nCookie: fairlead.default=Y\r\nCookie: b=2\r\nConnection: close\r\n\r\n',
      );
      const by = text.slice(-1);
      expect(values(backends[by]?.last().rawHeaders ?? [], 'cookie')).toEqual(['a=1', 'b=2']);
    });

    test.each([
      ['forged', 'AAAAAAAAAAAAAAAA'],
      ['empty', ''],
      ['foreign', 'eyJhbGciOiJIUzI1NiJ9.e30.x'],
      ['oversized', 'x'.repeat(12_000)],
      ['malformed', '%E0%A4%A;"\\,'],
      ['of a prototype', '__proto__'],
      ['in Latin-1', '\xff\xfe'],
    ])('%s: as if absent', async (_name, value) => {
      const { port, lb, backends } = await shop();
      const { text } = await rawExchange(
        port,
        `GET / HTTP/1.1\r\nHost: x\r\nCookie: fairlead.default=${value}\r\nConnection: close\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      expect(text.match(/^set-cookie: fairlead\.default=/gim)).toHaveLength(1);
      expect(lb.stats().sticky).toMatchObject({ hits: 0, assigned: 1, lost: 0, ignored: 1 });
      expect(Object.values(backends).flatMap((backend) => backend.requests)).toHaveLength(1);
    });

    test("is one pool's alone: another balancer's cookie means nothing here", async () => {
      const one = await shop({ name: 'one' });
      const two = await shop({ name: 'two' });
      const first = await one.visit();
      expect(pair(first.set)).toMatch(/^fairlead\.one=/);
      const second = await two.visit(pair(first.set));
      expect(pair(second.set)).toMatch(/^fairlead\.two=/);
    });

    test('when the pinned backend refuses, the client moves on and its cookie says so', async () => {
      const { visit, lb, backends } = await shop();
      const first = await visit();
      await backends[first.by]?.stop();
      const second = await visit(pair(first.set));
      expect(second.by).not.toBe(first.by);
      expect(second.set).toHaveLength(1);
      expect(pair(second.set)).not.toBe(pair(first.set));
      expect(await visit(pair(second.set))).toEqual({ by: second.by, set: [] });
      expect(lb.stats()).toMatchObject({
        requests: { failed: 0, retried: 1 },
        sticky: { hits: 1, assigned: 1, lost: 1 },
      });
    });

    test('no cookie pins anyone to a backend that did not answer', async () => {
      const dead = `http://127.0.0.1:${await deadPort()}`;
      const { visit, lb } = await shop({ backends: [dead] });
      const { set } = await visit();
      expect(set).toEqual([]);
      expect(lb.stats().requests.failed).toBe(1);
    });

    test('drain keeps the clients that are pinned and takes no new ones', async () => {
      const { visit, lb } = await shop();
      const first = await visit();
      lb.setState(first.by, 'drain');
      expect(await visit(pair(first.set))).toEqual({ by: first.by, set: [] });
      for (let i = 0; i < 6; i++) expect((await visit()).by).not.toBe(first.by);
      lb.setState(first.by, 'ready');
      const seen = new Set<string>();
      for (let i = 0; i < 6; i++) seen.add((await visit()).by);
      expect(seen).toContain(first.by);
    });

    test('with everyone draining, only the pinned are served', async () => {
      const { visit, lb, port } = await shop();
      const first = await visit();
      for (const id of ['a', 'b', 'c']) lb.setState(id, 'drain');
      expect((await visit(pair(first.set))).by).toBe(first.by);
      expect((await ask(port)).status).toBe(503);
    });

    test('is Secure exactly where the client came over TLS', async () => {
      const { port } = await shop({ trustProxy: 'loopback' });
      const over = async (proto: string): Promise<string> =>
        (await ask(port, { headers: { 'x-forwarded-proto': proto } })).headers['set-cookie']?.[0] ?? '';
      expect(await over('https')).toMatch(/; Secure/);
      expect(await over('http')).not.toMatch(/; Secure/);
      const untrusting = await shop();
      const { headers } = await ask(untrusting.port, { headers: { 'x-forwarded-proto': 'https' } });
      expect(headers['set-cookie']?.[0]).not.toMatch(/; Secure/);
    });

    test('takes its attributes from the options', async () => {
      const { visit } = await shop({
        sticky: {
          by: 'cookie',
          name: 'SRV',
          maxAge: '1h',
          path: '/x',
          domain: 'shop.example',
          httpOnly: false,
          secure: true,
          sameSite: 'none',
          partitioned: true,
        },
      });
      const { set } = await visit();
      const [first, ...attributes] = set[0]?.split('; ') ?? [];
      expect(first).toMatch(/^SRV=/);
      expect(attributes.sort()).toEqual(
        ['Max-Age=3600', 'Domain=shop.example', 'Path=/x', 'Secure', 'Partitioned', 'SameSite=None'].sort(),
      );
    });

    test.each([
      [undefined, 'private'],
      ['max-age=60', 'max-age=60, private'],
      ['public, max-age=60', 'max-age=60, private'],
      ['s-maxage=9, max-age=60', 'max-age=60, private'],
      ['no-store', 'no-store'],
      ['private', 'private'],
    ])('an answer that sets it is not for shared caches (%s)', async (given, expected) => {
      const backend = await origin((_got, response) => {
        if (given !== undefined) response.setHeader('cache-control', given);
        response.end('ok');
      });
      const { port } = await front({ sticky: true, backends: [backend.url] });
      const first = await ask(port);
      expect(first.headers['cache-control']).toBe(expected);
      const cookie = pair(first.headers['set-cookie'] ?? []);
      expect((await ask(port, { headers: { cookie } })).headers['cache-control']).toBe(given);
    });

    test("stands beside the backend's own cookies and the app's", async () => {
      const backend = await origin((_got, response) => {
        response.setHeader('set-cookie', ['b1=1; Path=/', 'b2=2']).end('ok');
      });
      const app = express().use(
        '/shop',
        (_req, res, next) => {
          res.cookie('session', 's');
          next();
        },
        balance({ sticky: true, backends: [backend.url] }),
      );
      const { url } = await serveApp(app);
      const { headers } = await request(url).get('/shop/x').expect(200);
      const names = (headers['set-cookie'] as unknown as string[]).map((line) => line.split('=')[0]);
      expect(names.sort()).toEqual(['b1', 'b2', 'fairlead.default', 'session']);
      expect(String(headers['set-cookie'])).toMatch(/fairlead\.default=[\w-]+; Path=\/shop;/);
    });
  });

  describe('sticky ip', () => {
    test('one address stays on one backend, others spread, and no cookie is set', async () => {
      const { port, lb } = await shop({ sticky: 'ip', trustProxy: 'loopback' });
      const from = async (address: string): Promise<string> => {
        const { text, headers } = await ask(port, { headers: { 'x-forwarded-for': address } });
        expect(headers['set-cookie']).toBeUndefined();
        return text;
      };
      const homes = new Map<string, string>();
      for (let i = 0; i < 40; i++) homes.set(`203.0.113.${i}`, await from(`203.0.113.${i}`));
      expect(new Set(homes.values())).toEqual(new Set(['a', 'b', 'c']));
      for (const [address, home] of homes) expect(await from(address)).toBe(home);
      expect(await from('2001:db8::1')).toBe(await from('2001:db8::ffff'));
      // Its clients move away while it drains? No: they are pinned, and stay.
      lb.setState('a', 'drain');
      for (const [address, home] of homes) expect(await from(address)).toBe(home);
    });

    test('when its backend refuses, a client is sent elsewhere, and comes home', async () => {
      const { port, backends, lb } = await shop({ sticky: 'ip' });
      const home = (await ask(port)).text;
      const { port: at } = new URL(backends[home]?.url ?? '');
      await backends[home]?.stop();
      expect((await ask(port)).text).not.toBe(home);
      expect(lb.stats().sticky).toMatchObject({ lost: 1 });
      expect(Number(at)).toBeGreaterThan(0);
    });
  });
});
