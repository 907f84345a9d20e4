import { createServer } from 'node:http';
import type { LoadBalancerOptions, Logger, StickyStore } from 'fairlead';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { balance, ended, front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { listen } from '../support/listen.js';
import { type Origin, origin } from '../support/origin.js';
import { rawExchange } from '../support/peer.js';

const ids = ['a', 'b', 'c'] as const;

/** Three backends that answer with their id, and a way to ask through a balancer over them. */
async function house(options: Partial<LoadBalancerOptions>, answer?: Parameters<typeof origin>[0]) {
  const backends = new Map<string, Origin>();
  for (const id of ids) {
    backends.set(
      id,
      await origin((got, response) => {
        response.setHeader('x-by', id);
        return answer === undefined ? response.end(id) : answer(got, response);
      }),
    );
  }
  const list = ids.map((id) => ({ id, url: backends.get(id)?.url ?? '' }));
  const served = await front({ strategy: 'round-robin', backends: list, ...options });
  const by = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const { status, headers: got } = await ask(served.port, { path, headers });
    return status === 200 ? String(got['x-by']) : String(status);
  };
  return { ...served, backends, by };
}

describe('by a parameter', () => {
  test('a backend that is named is reached while it may be, and no other name is heeded', async () => {
    const { by, lb, backends } = await house({ sticky: { by: 'param', name: 'server' } });
    for (let i = 0; i < 3; i++) expect(await by('/x?server=b&y=1')).toBe('b');
    expect(backends.get('b')?.last().target).toBe('/x?server=b&y=1');
    lb.setState('b', 'drain');
    expect(await by('/?server=b')).toBe('b');
    for (const named of ['z', 'http://127.0.0.1', '__proto__', '..%2f']) {
      expect(ids.filter((id) => id !== 'b')).toContain(await by(`/?server=${named}`));
    }
    expect(lb.stats().sticky).toMatchObject({ hits: 4, ignored: 4 });
  });

  test('one that cannot be reached is lost', async () => {
    const { by, lb, backends } = await house({ sticky: { by: 'param', name: 'server', onLost: 'reject' } });
    await backends.get('b')?.stop();
    expect(await by('/?server=b')).toBe('503');
    expect(lb.stats().sticky).toMatchObject({ rejected: 1 });
  });
});

test('by a header, hashed: every tenant has its backend, in every instance', async () => {
  const sticky = { by: 'header', name: 'X-Tenant', hash: true } as const;
  const [one, two] = [await house({ sticky }), await house({ sticky })];
  const homes = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const home = await one.by('/', { 'x-tenant': `t${i}` });
    homes.add(home);
    expect(await two.by('/', { 'x-tenant': `t${i}` })).toBe(home);
  }
  expect(homes).toEqual(new Set(ids));
});

describe('by the app’s own session cookie', () => {
  const login: Parameters<typeof origin>[0] = ({ target }, response) => {
    const user = /^\/login\/(.*)/.exec(target)?.[1];
    if (user !== undefined) response.setHeader('set-cookie', `sid=${user}; Path=/; HttpOnly`);
    if (target === '/logout') response.setHeader('set-cookie', 'sid=; Max-Age=0');
    response.end();
  };

  test('a session stays where it began, no cookie is added, and a logout ends it', async () => {
    const { port, by, lb } = await house({ sticky: { by: 'learn', cookie: 'sid' } }, login);
    const homes = new Map<string, string>();
    for (const user of ['1', '2', '3', '4']) {
      const { headers } = await ask(port, { path: `/login/${user}` });
      expect(headers['set-cookie']).toEqual([`sid=${user}; Path=/; HttpOnly`]);
      homes.set(user, String(headers['x-by']));
    }
    expect(new Set(homes.values()).size).toBe(3);
    for (const [user, home] of homes) {
      for (let i = 0; i < 3; i++) expect(await by('/', { cookie: `sid=${user}` })).toBe(home);
    }
    expect(lb.stats().sticky).toMatchObject({ hits: 12, assigned: 4 });
    await by('/logout', { cookie: 'sid=1' });
    await by('/', { cookie: 'sid=1' });
    expect(lb.stats().sticky).toMatchObject({ hits: 13, assigned: 5 });
  });

  test('a session whose backend is gone begins anew elsewhere, and stays there', async () => {
    const { port, by, backends } = await house({ sticky: { by: 'learn', cookie: 'sid' } }, login);
    const home = String((await ask(port, { path: '/login/x' })).headers['x-by']);
    await backends.get(home)?.stop();
    const next = await by('/', { cookie: 'sid=x' });
    expect(next).not.toBe(home);
    for (let i = 0; i < 4; i++) expect(await by('/', { cookie: 'sid=x' })).toBe(next);
  });

  test('in a store that answers later it is the same', async () => {
    const kept = new Map<string, string>();
    const store: StickyStore = {
      get: (key) => new Promise((resolve) => setTimeout(() => resolve(kept.get(key)), 5)),
      set: async (key, id) => void kept.set(key, id),
      delete: async (key) => void kept.delete(key),
    };
    const { port, by } = await house({ sticky: { by: 'learn', cookie: 'sid', store } }, login);
    const home = String((await ask(port, { path: '/login/x' })).headers['x-by']);
    for (let i = 0; i < 4; i++) expect(await by('/', { cookie: 'sid=x' })).toBe(home);
  });

  test.each<[string, StickyStore['get']]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('down');
      },
    ],
    ['never answers', () => new Promise(() => {})],
    ['answers with nonsense', () => ['a'] as never],
  ])('a store that %s fails no request, and is told of once', async (_how, get) => {
    const store: StickyStore = { get, set: get, delete: get };
    const { by, lb } = await house({ sticky: { by: 'learn', cookie: 'sid', store } }, login);
    const errors: string[] = [];
    lb.on('error', ({ error }) => errors.push(`${error.code} ${error.message}`));
    const answers = await Promise.all(['1', '2', '3'].map((user) => by('/', { cookie: `sid=${user}` })));
    expect(answers.sort()).toEqual([...ids]);
    await by('/login/x');
    expect(errors).toHaveLength(1);
    for (const error of errors) expect(error).toMatch(/^FAIRLEAD_ENGINE the sticky store's get failed$/);
  });
});

describe('onLost', () => {
  async function lost(onLost: 'reject' | 'redistribute' | (() => 'reject' | 'redistribute'), more = {}) {
    const made = await house({ sticky: { by: 'cookie', onLost }, ...more });
    const first = await ask(made.port);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await made.backends.get(String(first.headers['x-by']))?.stop();
    return { ...made, cookie };
  }

  test.each([[{}], [{ retry: false }]] as const)('reject: 503, which says why and is counted (%j)', async (more) => {
    const { port, lb, cookie } = await lost('reject', more);
    const record = nextEvent(lb, 'request');
    const { status, headers, text } = await ask(port, { headers: { cookie, accept: 'application/json' } });
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ code: 'FAIRLEAD_STICKY_LOST', status: 503 });
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['retry-after']).toBe('1');
    expect(await record).toMatchObject({ code: 'FAIRLEAD_STICKY_LOST', sticky: 'rejected', status: 503 });
    expect(lb.stats()).toMatchObject({ sticky: { hits: 0, lost: 0, rejected: 1 }, requests: { retried: 0 } });
    expect((await ask(port)).status).toBe(200);
  });

  test('a function is asked once a request', async () => {
    const policy = vi.fn(() => 'redistribute' as const);
    const { port, cookie, backends } = await lost(policy);
    const { status, headers } = await ask(port, { headers: { cookie } });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toHaveLength(1);
    expect(policy).toHaveBeenCalledTimes(1);
    for (const backend of backends.values()) await backend.stop();
    expect((await ask(port, { headers: { cookie } })).status).toBe(502);
    expect(policy).toHaveBeenCalledTimes(2);
  });

  test('a function that throws fails its request', async () => {
    const { port, cookie } = await lost(() => {
      throw new Error('no');
    });
    expect((await ask(port, { headers: { cookie } })).status).toBe(500);
  });

  test('an upgrade is refused as a request is', async () => {
    const { port, cookie, lb } = await lost('reject');
    const done = ended(lb, 1);
    const { text } = await rawExchange(
      port,
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nCookie: ${cookie}\r\n\r\n`,
    );
    await done;
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(lb.stats().sticky).toMatchObject({ rejected: 1 });
  });
});

describe('a cookie', () => {
  test('that a backend sets under our name is left alone', async () => {
    const { port } = await house({ sticky: { by: 'cookie', name: 'lb' } }, (_got, response) => {
      response.setHeader('set-cookie', 'lb=mine; Path=/');
      response.end();
    });
    const { headers } = await ask(port);
    expect(headers['set-cookie']).toEqual(['lb=mine; Path=/']);
    expect(headers['cache-control']).toBeUndefined();
  });

  test('keeps the answer that sets it out of CDNs too', async () => {
    const { port } = await house({ sticky: true }, (_got, response) => {
      response.setHeader('cdn-cache-control', 'max-age=600');
      response.setHeader('surrogate-control', 'max-age=600');
      response.setHeader('cache-control', 'public, max-age=60');
      response.end();
    });
    const { headers } = await ask(port);
    expect(headers['cache-control']).toBe('max-age=60, private');
    expect(headers['cdn-cache-control']).toBeUndefined();
    expect(headers['surrogate-control']).toBeUndefined();
    const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await ask(port, { headers: { cookie } })).headers['cdn-cache-control']).toBe('max-age=600');
  });

  test('is never logged, whatever it is', async () => {
    const lines: string[] = [];
    const log = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
    const logger: Logger = { debug: log, info: log, warn: log, error: log };
    const { by, lb } = await house({ sticky: { by: 'cookie', secret: 'hunter2', maxIdle: '1h' }, logger });
    for (const value of ['hunter2', 'A'.repeat(10_000), `${'A'.repeat(16)}.${'B'.repeat(43)}`]) {
      await by('/', { cookie: `fairlead.default=${value}` });
    }
    expect(lb.stats().sticky).toMatchObject({ ignored: 3, assigned: 3 });
    expect(lines.join()).not.toMatch(/hunter2|AAAA|BBBB/);
  });

  test.each<[string, LoadBalancerOptions['sticky']]>([
    ['plain', true],
    ['signed and dated', { by: 'cookie', secret: ['new', 'old'], maxIdle: '30m', maxLife: '1d' }],
  ])('%s, may be anything at all: 300 of them', async (_what, sticky) => {
    const { port, lb } = await house({ sticky });
    const { headers } = await ask(port);
    const right = headers['set-cookie']?.[0]?.split(/[=;]/)[1] ?? '';
    const sent = (cookie: string): string[] =>
      cookie.split(';').flatMap((pair) => /^\s*fairlead\.default\s*=(.*)$/.exec(pair)?.[1]?.trim() ?? []);
    // Node refuses control characters and what is no Latin-1 in a header before we see it.
    const text = fc.string({
      unit: fc.nat({ max: 223 }).map((code) => String.fromCharCode(code + 32)),
      maxLength: 120,
    });
    const bent = fc.tuple(fc.nat(right.length), text, fc.nat(4)).map(([at, middle, cut]) => {
      return right.slice(0, at) + middle.replaceAll('\x7f', '') + right.slice(at + cut);
    });
    const value = fc.oneof(
      bent,
      text.map((any) => any.replaceAll('\x7f', '')),
      fc.constant(right),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 6 }), async (values) => {
        const cookie = values.map((one) => `fairlead.default=${one}`).join('; ');
        const answer = await ask(port, { headers: { cookie } });
        expect(answer.status).toBe(200);
        // It was good, and stays; or it was not, and there is a new one.
        expect(answer.headers['set-cookie'] ?? []).toHaveLength(sent(cookie).slice(0, 4).includes(right) ? 0 : 1);
      }),
      // By chance a client may hit upon dates that are good; not with this seed.
      { numRuns: 300, seed: 7 },
    );
    const { hits, assigned, ignored, lost } = lb.stats().sticky ?? {};
    expect({ all: (hits ?? 0) + (assigned ?? 0), ignored, lost }).toEqual({
      all: 301,
      ignored: (assigned ?? 0) - 1,
      lost: 0,
    });
  });

  test('may be 100 KB long, where the server takes that', async () => {
    const backend = await origin();
    const lb = balance({ sticky: { by: 'cookie', secret: 'x' }, backends: [backend.url] });
    const { port } = await listen(
      createServer({ maxHeaderSize: 1 << 20 }, (request, response) => lb(request, response)),
    );
    const cookie = `fairlead.default=${'A'.repeat(100_000)}`;
    const { status, headers } = await ask(port, { headers: { cookie } });
    expect(status).toBe(200);
    expect(headers['set-cookie']).toHaveLength(1);
    expect(lb.stats().sticky).toMatchObject({ ignored: 1 });
    expect(backend.last().rawHeaders.join()).not.toMatch(/AAAA/);
  });

  test('of two balancers whose paths overlap is warned of once', async () => {
    const warnings: object[] = [];
    const log = vi.fn();
    const logger: Logger = { debug: log, info: log, warn: (fields) => void warnings.push(fields), error: log };
    const one = await house({ sticky: { by: 'cookie', name: 'shared' }, name: 'one' });
    const two = await house({ sticky: { by: 'cookie', name: 'shared' }, name: 'two', logger });
    const event = nextEvent(two.lb, 'warning');
    await one.by('/');
    for (let i = 0; i < 3; i++) await two.by('/');
    expect(await event).toMatchObject({ code: 'cookie-collision' });
    expect(warnings).toEqual([{ balancer: 'two', code: 'cookie-collision' }]);
  });
});

test.each([[{ strategy: 'ip-hash' }], [{ sticky: 'ip' }]] as const)(
  'with %j, one address that makes most requests is warned of once',
  async (options) => {
    const { by, lb } = await house(options);
    const warnings: string[] = [];
    lb.on('warning', ({ code, message }) => warnings.push(`${code} ${message}`));
    const real = performance.now.bind(performance);
    let ahead = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
    onTestFinished(() => clock.mockRestore());
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 32; i++) await by('/');
      expect(warnings).toHaveLength(minute === 0 ? 0 : 1);
      ahead += 61_000;
      await by('/');
    }
    expect(warnings).toEqual([expect.stringMatching(/^untrusted-proxy 100 % .* 127\.0\.0\.1, .* trustProxy$/)]);
  },
);
