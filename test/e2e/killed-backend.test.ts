import { once } from 'node:events';
import type { RequestRecord } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { ended, serveApp, through } from '../support/balance.js';
import { childBackend } from '../support/child.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';

describe.each(engineNames)('engine %s', (engine) => {
  const { balance, front } = through(engine);

  test('a backend killed under load fails nothing that may be carried out twice', async () => {
    const backends = await Promise.all([childBackend(), childBackend(), childBackend()]);
    const list = backends.map(({ url }, i) => ({ id: String(i), url }));
    // Without a breaker: it would spare the later requests the refused connection that this is about.
    const retry = { budget: { ratio: 1 } };
    const { port, lb } = await front({ strategy: 'round-robin', retry, backends: list, breaker: false });
    const records: RequestRecord[] = [];
    lb.on('request', (record) => records.push(record));

    // Five GETs wait in each backend, and a POST in the first.
    for (let i = 0; i < 15; i++) void ask(port, { path: '/hold' }).catch(() => {});
    await Promise.all(backends.map((backend) => backend.holding(5)));
    const post = ask(port, { method: 'POST', path: '/hold', body: 'once' });
    await backends[0]?.holding(6);

    // Load, before and after the kill; each lane asks one thing after the other.
    let killed = false;
    const lanes = Array.from({ length: 10 }, async () => {
      const statuses: number[] = [];
      for (let left = 50; left > 0; left--) {
        if (!killed) left = 50;
        statuses.push((await ask(port)).status);
      }
      return statuses;
    });
    await ended(lb, 100);
    await backends[0]?.kill();
    killed = true;
    const statuses = (await Promise.all(lanes)).flat();
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect((await post).status).toBe(502);
    // The five it held wait in the others now.
    await Promise.all([backends[1]?.holding(7), backends[2]?.holding(7)]);

    const failures = records.filter(({ outcome }) => outcome !== 'answered');
    expect(failures).toMatchObject([{ method: 'POST', backend: '0', attempts: 1, code: 'FAIRLEAD_BACKEND_RESET' }]);
    const stats = lb.stats();
    expect(stats.requests).toMatchObject({ active: 15, failed: 1 });
    expect(stats.retries.budgetExhausted).toBe(0);
    expect(stats.backends).toMatchObject([{ active: 0 }, { failed: 0 }, { failed: 0 }]);
    expect(stats.backends[0]?.failed).toBe(stats.requests.retried + 1 + 5);
  }, 60_000);

  test('a POST to a backend that is killed before it has even taken the connection is sent nowhere else', async () => {
    const [frozen, other] = await Promise.all([childBackend(), childBackend()]);
    const lb = balance({ strategy: 'first', backends: [frozen.url, other.url] });
    const sent: Promise<unknown>[] = [];
    const { port } = await serveApp((request, response) => {
      // The body is not read before the connection stands.
      sent.push(once(request, 'resume'));
      lb(request, response);
    });
    frozen.freeze();
    const records: RequestRecord[] = [];
    lb.on('request', (record) => records.push(record));
    const answer = ask(port, { method: 'POST', body: 'once' });
    while (sent.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sent[0];
    // From the client's socket to the backend's.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    await frozen.kill();
    expect((await answer).status).toBe(502);
    while (records.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(records).toMatchObject([{ attempts: 1, outcome: 'failed', code: 'FAIRLEAD_BACKEND_RESET' }]);
    expect(lb.stats().backends).toMatchObject([{ total: 1, active: 0 }, { total: 0 }]);
  });

  test('a backend killed in the middle of its answers breaks them, and another takes over', async () => {
    const backends = await Promise.all([childBackend(), childBackend()]);
    const { port, lb } = await front({
      sticky: true,
      backends: backends.map(({ url }, i) => ({ id: String(i), url })),
    });
    const first = await ask(port);
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const pinned = lb.stats().backends.findIndex(({ total }) => total === 1);
    await backends[pinned]?.kill();
    const second = await ask(port, { headers: { cookie } });
    expect(second.status).toBe(200);
    expect(second.headers['set-cookie']?.[0]).toMatch(/^fairlead\.default=/);
    expect(second.headers['set-cookie']?.[0]).not.toContain(cookie);
  });
});
