import type { RequestRecord } from 'fairlead';
import { describe, expect, test } from 'vitest';
import { ended, through } from '../support/balance.js';
import { childBackend } from '../support/child.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';

describe.each(engineNames)('engine %s', (engine) => {
  const { front } = through(engine);

  test('a backend killed under load fails what was in flight to it and nothing else', async () => {
    const backends = await Promise.all([childBackend(), childBackend(), childBackend()]);
    const list = backends.map(({ url }, i) => ({ id: String(i), url }));
    // Without a breaker: it would spare the later requests the refused connection that this is about.
    const { port, lb } = await front({ strategy: 'round-robin', backends: list, breaker: false });
    const records: RequestRecord[] = [];
    lb.on('request', (record) => records.push(record));

    // Five requests wait in each backend.
    const held = Array.from({ length: 15 }, () =>
      ask(port, { path: '/hold' }).then(
        ({ status }) => status,
        () => 'closed',
      ),
    );
    await Promise.all(backends.map((backend) => backend.holding(5)));
    expect(lb.stats().backends.map(({ active }) => active)).toEqual([5, 5, 5]);

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
    const failed = ended(lb, 100);
    await failed;
    const lost = records.length;
    await backends[0]?.kill();
    killed = true;
    const statuses = (await Promise.all(lanes)).flat();
    expect(await Promise.all(held.slice(0, 0))).toEqual([]);

    // In flight to it: the five it held, and those of the load that it had just been sent.
    const failures = records.filter(({ outcome }) => outcome !== 'answered');
    for (const record of failures) {
      expect(record).toMatchObject({ backend: '0', status: 502, attempts: 1, code: 'FAIRLEAD_BACKEND_RESET' });
    }
    expect(failures.filter(({ url }) => url === '/hold')).toHaveLength(5);
    const ofTheLoad = failures.length - 5;
    expect(ofTheLoad).toBeLessThanOrEqual(lanes.length);
    expect(statuses.filter((status) => status !== 200)).toHaveLength(ofTheLoad);
    expect(lost).toBeGreaterThanOrEqual(100);

    const stats = lb.stats();
    expect(stats.requests).toMatchObject({ active: 10, failed: failures.length });
    expect(stats.requests.retried).toBeGreaterThan(0);
    expect(stats.backends).toMatchObject([{ active: 0 }, { active: 5, failed: 0 }, { active: 5, failed: 0 }]);
    expect(stats.backends[0]?.failed).toBe(failures.length + stats.requests.retried);
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
