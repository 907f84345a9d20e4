import express from 'express';
import { describe, expect, test } from 'vitest';
import { balance, express4, front, nextEvent, serveApp } from '../support/balance.js';
import { ask } from '../support/client.js';
import { origin, type Received, values } from '../support/origin.js';

const CLAIMED = {
  host: 'inside:81',
  'x-forwarded-for': '203.0.113.9, 10.0.0.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'shop.example',
  'x-forwarded-port': '8443',
  'x-forwarded-prefix': '/outer',
  'x-forwarded-user': 'root',
  forwarded: 'for=203.0.113.9',
  'x-real-ip': '203.0.113.9',
  via: '1.1 edge',
};

function told({ rawHeaders }: Received): Record<string, string[]> {
  const names = ['for', 'proto', 'host', 'port', 'prefix', 'user'];
  return Object.fromEntries(names.map((name) => [name, values(rawHeaders, `x-forwarded-${name}`)]));
}

const REPLACED = { for: ['127.0.0.1'], proto: ['http'], host: ['inside:81'], port: ['81'], prefix: [], user: [] };
const APPENDED = {
  for: ['203.0.113.9, 10.0.0.7, 127.0.0.1'],
  proto: ['https'],
  host: ['shop.example'],
  port: ['8443'],
  prefix: ['/outer'],
  user: ['root'],
};

test('what an untrusted client claims is replaced', async () => {
  const backend = await origin();
  const { port, lb } = await front({ backends: [backend.url] });
  const over = nextEvent(lb, 'request');
  await ask(port, { headers: CLAIMED });
  expect(told(backend.last())).toEqual(REPLACED);
  expect(values(backend.last().rawHeaders, 'forwarded')).toEqual([]);
  expect(values(backend.last().rawHeaders, 'via')).toEqual(['1.1 edge', '1.1 fairlead']);
  expect(await over).toMatchObject({ client: '127.0.0.1' });
});

test.each([
  ['loopback'],
  ['127.0.0.1'],
  [['127.0.0.0/8', '10.0.0.0/8']],
  [1],
  [(address: string) => address === '127.0.0.1'],
])('what a trusted proxy says is appended to (trustProxy %j)', async (trustProxy) => {
  const backend = await origin();
  const { port, lb } = await front({ backends: [backend.url], trustProxy });
  const over = nextEvent(lb, 'request');
  await ask(port, { headers: CLAIMED });
  expect(told(backend.last())).toEqual(APPENDED);
  const both = Array.isArray(trustProxy);
  expect(await over).toMatchObject({ client: both ? '203.0.113.9' : '10.0.0.7' });
});

test('a trusted proxy that says nothing adds nothing', async () => {
  const backend = await origin();
  const { port } = await front({ backends: [backend.url], trustProxy: 'loopback' });
  await ask(port, { headers: { host: 'a' } });
  expect(told(backend.last())).toEqual({ ...REPLACED, host: ['a'], port: ['80'] });
});

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])("%s's own trust proxy", (_name, create) => {
  test.each([
    ['loopback', APPENDED],
    [1, APPENDED],
    [true, APPENDED],
    [false, REPLACED],
    ['10.0.0.0/8', REPLACED],
  ])('%j', async (setting, expected) => {
    const backend = await origin();
    const app = create()
      .set('trust proxy', setting)
      .use('/api', balance({ backends: [backend.url] }));
    const { port } = await serveApp(app);
    await ask(port, { path: '/api', headers: CLAIMED });
    expect(told(backend.last())).toEqual({ ...expected, prefix: expected === APPENDED ? ['/outer/api'] : ['/api'] });
  });

  test('is overruled by the balancer', async () => {
    const backend = await origin();
    const lb = balance({ backends: [backend.url], trustProxy: false });
    const { port } = await serveApp(create().set('trust proxy', 'loopback').use(lb));
    await ask(port, { headers: CLAIMED });
    expect(told(backend.last())).toEqual(REPLACED);
  });

  test('is that of the inner app where apps are nested', async () => {
    const backend = await origin();
    const inner = create()
      .set('trust proxy', 'loopback')
      .use(balance({ backends: [backend.url] }));
    const { port } = await serveApp(create().use('/inner', inner));
    await ask(port, { path: '/inner', headers: CLAIMED });
    expect(told(backend.last())).toEqual({ ...APPENDED, prefix: ['/outer/inner'] });
  });
});

test('all of it can be turned off, but nobody can forge it then either', async () => {
  const backend = await origin();
  const { port } = await front({ backends: [backend.url], forwarded: { xForwarded: false, via: false } });
  await ask(port, { headers: CLAIMED });
  const silent = { for: [], proto: [], host: [], port: [], prefix: [], user: [] };
  expect(told(backend.last())).toEqual(silent);
  expect(values(backend.last().rawHeaders, 'via')).toEqual(['1.1 edge']);
});

test('X-Real-IP on request: the client, not the proxy', async () => {
  const backend = await origin();
  const { port } = await front({ backends: [backend.url], forwarded: { realIp: true }, trustProxy: 'loopback' });
  await ask(port, { headers: CLAIMED });
  expect(values(backend.last().rawHeaders, 'x-real-ip')).toEqual(['10.0.0.7']);
});

test('a trustProxy function that throws is a 500 of ours', async () => {
  const backend = await origin();
  const trustProxy = (): boolean => {
    throw new Error('boom');
  };
  const { port } = await front({ backends: [backend.url], trustProxy });
  expect((await ask(port)).status).toBe(500);
  expect(backend.accepted()).toBe(0);
});
