import type { Strategy } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { ended, front, nextEvent } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { origin } from '../support/origin.js';
import { rawClient, rawOrigin } from '../support/peer.js';

/** Always the first that is open. */
const FIRST: Strategy = {
  pick([first]) {
    if (first === undefined) throw new Error('no candidate');
    return first;
  },
};

const busy = (headers: Record<string, string> = {}) =>
  origin((_request, response) => response.writeHead(503, headers).end('busy'));

const silent = () => rawOrigin(() => {});

describe.each(engineNames)('engine %s: statuses that are tried again', (engine) => {
  const retry = { on: ['connect', 503] as const };

  test('are not seen by the client while another backend has something better', async () => {
    const [bad, good] = [await busy(), await origin()];
    const { port, lb } = await front({ engine, strategy: FIRST, retry, backends: [bad.url, good.url] });
    const retried = nextEvent(lb, 'retry');
    expect((await ask(port)).text).toBe('ok');
    const id = lb.backends[0]?.id;
    expect(await retried).toMatchObject({ backend: id, reason: 'status', status: 503, attempt: 1, delay: 0 });
    expect(lb.stats()).toMatchObject({
      requests: { total: 1, active: 0, failed: 0, retried: 1 },
      backends: [
        { active: 0, failed: 0, total: 1 },
        { active: 0, total: 1 },
      ],
    });
  });

  test('reach the client as the backend sent them when there is nothing better', async () => {
    const backends = await Promise.all([0, 1, 2].map((i) => busy({ 'x-backend': String(i) })));
    const urls = backends.map(({ url }) => url);
    const { port } = await front({ engine, strategy: FIRST, retry, backends: urls });
    const answer = await ask(port);
    expect([answer.status, answer.text, answer.headers['x-backend']]).toEqual([503, 'busy', '2']);
  });

  test('cost no connection when they are short', async () => {
    const [bad, good] = [await busy(), await origin()];
    const { port } = await front({ engine, strategy: FIRST, retry, backends: [bad.url, good.url] });
    for (let i = 0; i < 5; i++) expect((await ask(port)).text).toBe('ok');
    expect(bad.accepted()).toBe(1);
  });

  test('are the answer to a POST', async () => {
    const [bad, good] = [await busy(), await origin()];
    const { port } = await front({ engine, strategy: FIRST, retry, backends: [bad.url, good.url] });
    expect((await ask(port, { method: 'POST', body: 'x' })).status).toBe(503);
    expect(good.requests).toHaveLength(0);
  });

  test('are asked again when Retry-After has passed, and not where it is long', async () => {
    let asked = 0;
    const backend = await origin((request, response) => {
      asked++;
      const again = request.target === '/soon' ? '1' : '3600';
      if (asked === 1) response.writeHead(503, { 'retry-after': again });
      response.end('x');
    });
    const { port } = await front({ engine, retry, backends: [backend.url] });
    const since = performance.now();
    expect((await ask(port, { path: '/soon' })).status).toBe(200);
    expect(performance.now() - since).toBeGreaterThan(950);
    asked = 0;
    const answer = await ask(port, { path: '/late' });
    expect([answer.status, answer.headers['retry-after'], asked]).toEqual([503, '3600', 1]);
  });
});

describe.each(engineNames)('engine %s: time', (engine) => {
  test('for one try makes room for another', async () => {
    const [slow, good] = [await silent(), await origin()];
    const backends = [slow.url, good.url];
    const { port, lb } = await front({ engine, strategy: FIRST, retry: { perTry: 100 }, backends });
    expect((await ask(port)).text).toBe('ok');
    expect((await ask(port, { method: 'POST', body: 'once' })).status).toBe(504);
    expect(lb.stats().backends).toMatchObject([{ failed: 2, active: 0 }, { total: 1 }]);
  });

  test('in all covers every attempt', async () => {
    const slow = await Promise.all([silent(), silent(), silent()]);
    const backends = slow.map(({ url }) => url);
    // Far enough apart that a busy machine, whose timers are late, keeps their order.
    const options = { retry: { perTry: 500, attempts: 10 }, timeouts: { total: 1_300 } };
    const { port, lb } = await front({ engine, backends, ...options });
    const over = nextEvent(lb, 'request');
    expect((await ask(port)).status).toBe(504);
    expect(await over).toMatchObject({ code: 'FAIRLEAD_TOTAL_TIMEOUT', attempts: 3 });
  });

  test('between two attempts is over when the client leaves', async () => {
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const retry = { attempts: 100, backoff: { base: '30s', cap: '30s' } };
    const { port, lb } = await front({ engine, retry, backends: [dead] });
    const retried = nextEvent(lb, 'retry');
    const over = nextEvent(lb, 'request');
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await retried;
    client.socket.resetAndDestroy();
    expect(await over).toMatchObject({ outcome: 'aborted', status: 499 });
    expect(lb.stats()).toMatchObject({ requests: { active: 0, aborted: 1 }, backends: [{ active: 0 }] });
  });
});

test('an outage is not multiplied: the budget ends, and the first failure is the answer', async () => {
  const dead = [`http://127.0.0.1:${await deadPort()}`, `http://127.0.0.1:${await deadPort()}`];
  const retry = { budget: { ratio: 0.2, minPerSecond: 0 } };
  const { port, lb } = await front({ retry, backends: dead });
  const attempts: number[] = [];
  lb.on('request', (record) => attempts.push(record.attempts));
  const over = ended(lb, 50);
  for (let i = 0; i < 50; i++) expect((await ask(port)).status).toBe(502);
  await over;
  expect(attempts.reduce((sum, made) => sum + made - 1, 0)).toBe(10);
  expect(lb.stats().requests.retried).toBe(10);
  expect(lb.stats().retries.budgetExhausted).toBeGreaterThan(30);
});

describe.each(engineNames)('engine %s: a second attempt beside the first', (engine) => {
  test('answers where the first takes long, which is cancelled and not blamed', async () => {
    const [slow, good] = [await silent(), await origin()];
    const { port, lb } = await front({
      engine,
      strategy: FIRST,
      hedge: { after: 30 },
      backends: [slow.url, good.url],
    });
    const over = nextEvent(lb, 'request');
    expect((await ask(port)).text).toBe('ok');
    expect(await over).toMatchObject({ attempts: 2, backend: lb.backends[1]?.id, outcome: 'answered' });
    await slow.atMost(0);
    expect(lb.stats()).toMatchObject({
      requests: { total: 1, active: 0, failed: 0, retried: 1, aborted: 0 },
      retries: { hedges: 1, budgetExhausted: 0 },
      backends: [
        { active: 0, failed: 0, aborted: 1, total: 1 },
        { active: 0, failed: 0, aborted: 0, total: 1 },
      ],
    });
  });

  test('loses where the first is faster after all, and the client has one answer', async () => {
    const first = await origin((_request, response) => setTimeout(() => response.end('first'), 120));
    const second = await silent();
    const { port, lb } = await front({
      engine,
      strategy: FIRST,
      hedge: { after: 30 },
      backends: [first.url, second.url],
    });
    expect((await ask(port)).text).toBe('first');
    await second.atMost(0);
    expect(lb.stats()).toMatchObject({
      requests: { total: 1, active: 0, retried: 1 },
      backends: [{ aborted: 0 }, { aborted: 1, failed: 0, active: 0 }],
    });
  });

  test('is not made for a POST, for a client that has its backend, nor beyond the budget', async () => {
    const slow = await origin((_request, response) => setTimeout(() => response.end('slow'), 120));
    const other = await origin();
    const backends = [slow.url, other.url];
    const plain = await front({ engine, strategy: FIRST, hedge: { after: 10 }, backends });
    expect((await ask(plain.port, { method: 'POST', body: 'x' })).text).toBe('slow');
    const retry = { budget: { ratio: 0, minPerSecond: 0.01 } };
    const poor = await front({ engine, strategy: FIRST, hedge: { after: 10 }, retry, backends });
    expect((await ask(poor.port)).text).toBe('slow');
    expect(poor.lb.stats().retries).toEqual({ hedges: 0, budgetExhausted: 1 });
    const sticky = await front({ engine, strategy: FIRST, sticky: true, hedge: { after: 60_000 }, backends });
    const cookie = (await ask(sticky.port)).headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    expect((await ask(sticky.port, { headers: { cookie } })).text).toBe('slow');
    expect(other.requests).toHaveLength(0);
  });

  test('takes a body along that has arrived whole', async () => {
    const [slow, good] = [await silent(), await origin()];
    const hedge = { after: 50, methods: ['PUT'] };
    const { port } = await front({ engine, strategy: FIRST, hedge, backends: [slow.url, good.url] });
    expect((await ask(port, { method: 'PUT', body: 'twice' })).text).toBe('ok');
    expect(good.last().body.toString()).toBe('twice');
    expect((await slow.peer(0)).text).toMatch(/twice$/);
  });

  test('goes with its client', async () => {
    const slow = [await silent(), await silent()];
    const backends = slow.map(({ url }) => url);
    const { port, lb } = await front({ engine, hedge: { after: 20 }, backends });
    const over = nextEvent(lb, 'request');
    const retried = nextEvent(lb, 'retry');
    const client = await rawClient(port);
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await retried).toMatchObject({ reason: 'hedge' });
    await Promise.all(slow.map((backend) => backend.peer(0)));
    expect(lb.stats()).toMatchObject({ requests: { active: 1, total: 1 }, backends: [{ active: 1 }, { active: 1 }] });
    client.socket.resetAndDestroy();
    expect(await over).toMatchObject({ outcome: 'aborted', attempts: 2 });
    await Promise.all(slow.map((backend) => backend.atMost(0)));
    expect(lb.stats().requests).toMatchObject({ active: 0, aborted: 1, total: 1 });
  });
});
