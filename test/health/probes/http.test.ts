import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import { healthSchema } from '../../../lib/health/spec.js';
import { httpServer } from '../../support/ill-servers.js';

function check(url: string, options: object) {
  const config = healthSchema.parse(options);
  if (config === false) throw new Error('no checks');
  return config.checkOf(backendRecord({ url }), {})(new AbortController().signal);
}

it('asks with its method and headers, by the backend’s own Host unless another is named', async () => {
  const asked: IncomingMessage[] = [];
  const { url, port } = await httpServer((request, response) => {
    asked.push(request);
    response.end();
  });
  await check(url, {});
  await check(url, { method: 'OPTIONS', headers: { Host: 'shop.example', 'X-Key': 'k', 'User-Agent': 'mine' } });
  expect(asked[0]).toMatchObject({ method: 'GET', headers: { host: `127.0.0.1:${port}`, 'user-agent': 'fairlead' } });
  expect(asked[1]).toMatchObject({
    method: 'OPTIONS',
    headers: { host: 'shop.example', 'x-key': 'k', 'user-agent': 'mine' },
  });
  expect(asked.map(({ headers }) => headers.connection)).toEqual(['close', 'close']);
});

it.each([
  [undefined, 204, true],
  [undefined, 301, false],
  ['200-399', 301, true],
  [[200, '404'], 404, true],
  ['200, 404-405', 405, true],
  ['200, 404-405', 406, false],
])('expects %j: status %i is %s', async (status, answer, ok) => {
  const { url } = await httpServer((_request, response) => response.writeHead(answer).end());
  const result = await check(url, status === undefined ? {} : { expect: { status } });
  expect(result.ok).toBe(ok);
  if (!ok) expect(result.error).toMatch(new RegExp(`^status ${answer}, not `));
});

it('looks at the body, as far as it may read', async () => {
  const { url } = await httpServer((_request, response) => response.end(`${'x'.repeat(100)}well`));
  expect(await check(url, { expect: { body: 'well' } })).toEqual({ ok: true });
  expect(await check(url, { expect: { body: 'ill' } })).toEqual({ ok: false, error: 'the body is not as expected' });
  const first = await check(url, { expect: { body: /well$/ }, maxBytes: 100 });
  expect(first).toEqual({ ok: false, error: 'the first 100 bytes of the body is not as expected' });
  const pattern = /x+WELL$/gi;
  const twice = { expect: { body: pattern } };
  expect([await check(url, twice), await check(url, twice)]).toEqual([{ ok: true }, { ok: true }]);
});

it('hears what the backend says of itself', async () => {
  const { url } = await httpServer((_request, response) =>
    response.writeHead(503, { 'X-Fairlead-Backend': 'drain; 50%' }).end(),
  );
  expect(await check(url, {})).toMatchObject({ ok: false, steering: { state: 'drain', share: 0.5 } });
});
