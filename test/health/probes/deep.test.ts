import { expect, it } from 'vitest';
import { backendRecord } from '../../../lib/core/backend.js';
import { healthSchema } from '../../../lib/health/spec.js';
import { httpServer } from '../../support/ill-servers.js';

async function check(status: number, body: string, headers = {}) {
  const { url } = await httpServer((_request, response) => response.writeHead(status, headers).end(body));
  const config = healthSchema.parse({ type: 'deep', maxBytes: 500 });
  if (config === false) throw new Error('no checks');
  return config.checkOf(backendRecord({ url }), {})(new AbortController().signal);
}

it('keeps the report, whether it passes or fails', async () => {
  expect(await check(200, '{"status":"ok","uptime":5}')).toMatchObject({
    ok: true,
    report: { status: 'ok', uptime: 5 },
  });
  const checks = { db: { ok: false, error: 'gone' }, cache: { ok: true }, disk: { ok: false } };
  expect(await check(503, JSON.stringify({ status: 'failing', checks }))).toMatchObject({
    ok: false,
    error: 'status 503, failing: db, disk',
    report: { checks },
  });
});

it.each(['no JSON', '[1]', '"text"', 'null', '{"cut":', ''])('is no report: %s', async (body) => {
  expect(await check(200, body)).toEqual({ ok: false, error: 'status 200, the report is no JSON object' });
});

it('does not read reports without end', async () => {
  const result = await check(200, JSON.stringify({ a: 'x'.repeat(600) }));
  expect(result).toEqual({ ok: false, error: 'status 200, the report is longer than 500 bytes' });
});

it('reads what the backend asks for, in the report before the header', async () => {
  const report = { state: 'drain', weight: '50%' };
  expect(await check(200, JSON.stringify(report))).toMatchObject({ steering: { state: 'drain', share: 0.5 } });
  const both = await check(200, JSON.stringify({ state: 'ready' }), { 'x-fairlead-backend': 'drain 20%' });
  expect(both).toMatchObject({ steering: { state: 'ready', share: 0.2 } });
  expect(await check(200, '{}')).toMatchObject({ steering: {} });
});
