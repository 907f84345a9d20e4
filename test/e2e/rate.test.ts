import { describe, expect, test } from 'vitest';
import { through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { origin } from '../support/origin.js';

describe.each(engineNames)('limits.rate over %s', (engine) => {
  const { front } = through(engine);

  test('a client that makes too many requests gets 429 with retry-after, and others are served', async () => {
    const backend = await origin();
    const rate = { client: { points: 2, per: '1h', key: { header: 'x-key' } } };
    const { port, lb } = await front({ backends: [backend.url], limits: { rate } });
    const get = (key: string) => ask(port, { headers: { 'x-key': key, accept: 'application/json' } });
    expect([(await get('a')).status, (await get('a')).status]).toEqual([200, 200]);
    const refused = await get('a');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '3600']);
    expect(JSON.parse(refused.text).code).toBe('FAIRLEAD_RATE_LIMITED');
    expect((await get('b')).status).toBe(200);
    expect(lb.stats()).toMatchObject({ rateLimited: 1, requests: { failed: 0 } });
    expect(backend.requests).toHaveLength(3);
  });

  test('a backend gets so many, then another, then 503', async () => {
    const [a, b] = [await origin(), await origin()];
    const rate = { backend: { points: 3, per: '1h' } };
    const { port, lb } = await front({ backends: [a.url, b.url], strategy: 'first', limits: { rate } });
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => ask(port)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 200, 503, 503]);
    expect([a.requests.length, b.requests.length]).toEqual([3, 3]);
    expect(lb.explain({}).backends.map(({ reason }) => reason)).toEqual(['rate', 'rate']);
    expect(lb.stats().backends).toMatchObject([{ rateLimited: 1 }, { rateLimited: 1 }]);
  });
});
