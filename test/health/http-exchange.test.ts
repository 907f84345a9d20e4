import { expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { exchange } from '../../lib/health/http-exchange.js';
import { targetOf } from '../../lib/health/target.js';
import { httpServer, saying } from '../support/ill-servers.js';

const ask = (url: string, limit: number) => {
  const question = { method: 'GET', path: '/', headers: {} };
  return exchange(targetOf(backendRecord({ url }), {}, {}), question, limit, new AbortController().signal);
};

it('reads as much of a body as it may, and says whether that was all', async () => {
  const { url, atMost } = await httpServer((_request, response) => response.end('0123456789'));
  expect(await ask(url, 10)).toMatchObject({ status: 200, body: Buffer.from('0123456789'), whole: true });
  expect(await ask(url, 4)).toMatchObject({ body: Buffer.from('0123'), whole: false });
  expect(await ask(url, 0)).toMatchObject({ body: Buffer.alloc(0), whole: false });
  await atMost(0);
});

it('says how an exchange broke', async () => {
  const cut = await saying('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx');
  await expect(ask(cut.url, 100)).rejects.toThrow(/the answer broke off/);
  const silent = await saying('');
  await expect(ask(silent.url, 100)).rejects.toThrow(/hang up|without an answer/);
});
