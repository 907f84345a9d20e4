import { setTimeout as sleep } from 'node:timers/promises';
import { loadBalancer } from 'fairlead';
import { expect, test } from 'vitest';
import { balance } from '../support/balance.js';
import { httpServer } from '../support/ill-servers.js';

test('a balancer that is refused at construction leaves no checks behind', async () => {
  let checks = 0;
  const { url } = await httpServer((_request, response) => {
    checks++;
    response.end();
  });
  const sticky = { by: 'cookie', name: 'taken', path: '/' } as const;
  balance({ name: 'first', backends: ['http://127.0.0.1:1'], sticky });
  const second = { name: 'second', backends: [url], sticky, health: { interval: 20 } };
  expect(() => loadBalancer(second)).toThrow('taken');
  await sleep(100);
  expect(checks).toBe(0);
});
