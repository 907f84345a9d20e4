import { describe, expect, test } from 'vitest';
import { ended, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { countingOrigin } from '../support/counting.js';
import { engineNames } from '../support/engines.js';
import { closeOf, dial, refusal, socketOrigin } from '../support/sockets.js';

describe.each(engineNames)('limits.maxConnections over %s', (engine) => {
  const { front } = through(engine);

  test('is never exceeded by 200 clients at once; who finds no room gets 503', async () => {
    const [a, b] = [await countingOrigin('a'), await countingOrigin('b')];
    const backends = [
      { url: a.url, id: 'a' },
      { url: b.url, id: 'b', maxConnections: 7 },
    ];
    const { port, lb } = await front({ backends, limits: { maxConnections: 5 } });
    const answers = Array.from({ length: 200 }, (_, i) => ask(port, { path: `/${i}` }));
    await Promise.all([a.held(5), b.held(7), ended(lb, 188)]);
    const standing = lb.explain({}).backends.map(({ id, reason, available }) => [id, reason, available]);
    expect(standing).toEqual([
      ['a', 'full', false],
      ['b', 'full', false],
    ]);
    expect(lb.stats().backends.map(({ active, available }) => [active, available])).toEqual([
      [5, false],
      [7, false],
    ]);
    a.answerAll();
    b.answerAll();
    const got = await Promise.all(answers);
    expect(got.filter(({ status }) => status === 200)).toHaveLength(12);
    const refused = got.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(188);
    expect(refused[0]?.headers).toMatchObject({
      'retry-after': '1',
      'proxy-status': 'fairlead; error=destination_unavailable',
    });
    expect([a.most(), b.most()]).toEqual([5, 7]);
    expect((await ask(port)).status).toBe(200);
  });

  test('holds under load that comes and goes, whatever the strategy and with retries and hedges', async () => {
    for (const strategy of ['p2c', 'round-robin', 'maglev', 'consistent-hash'] as const) {
      const origins = await Promise.all(['a', 'b', 'c'].map((name) => countingOrigin(name)));
      for (const origin of origins) origin.answerAll();
      const { port } = await front({
        backends: origins.map(({ url }) => url),
        strategy,
        limits: { maxConnections: 3 },
        retry: { on: ['connect', 'reset', 503] },
        hedge: { after: 1 },
      });
      const client = async (): Promise<void> => {
        for (let i = 0; i < 8; i++) await ask(port);
      };
      await Promise.all(Array.from({ length: 25 }, client));
      for (const origin of origins) expect(origin.most()).toBeLessThanOrEqual(3);
    }
  });

  test('a WebSocket takes a place for as long as it is open', async () => {
    const origin = await socketOrigin();
    const { port, lb } = await front({ backends: [origin.url], limits: { maxConnections: 1 } });
    const socket = await dial(port);
    expect((await refusal(port)).status).toBe(503);
    expect((await ask(port)).status).toBe(503);
    const over = ended(lb, 1);
    const closed = closeOf(socket);
    socket.close();
    await Promise.all([closed, over]);
    expect((await ask(port)).text).toBe('plain');
    await dial(port);
  });
});
