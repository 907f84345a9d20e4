import { describe, expect, it } from 'vitest';
import type { Stats } from '../../lib/observe/stats.js';
import { statsHandler } from '../../lib/observe/stats-handler.js';
import { fakeRequest, fakeResponse, settled } from '../core/fakes.js';
import { backendStats } from './prometheus/fakes.js';

const stats: Stats = {
  name: 'api – ü',
  strategy: 'p2c',
  uptime: 1,
  requests: { total: 0, active: 0, upgrades: 0, failed: 0, retried: 0, aborted: 0, perSecond: 0 },
  latency: { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 },
  statuses: { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  bytes: { in: 0, out: 0 },
  retries: { budgetExhausted: 0, hedges: 0 },
  backends: [],
};

async function answerTo(method: string, told = stats): Promise<string> {
  const request = fakeRequest({ method });
  const { response, socket } = fakeResponse(request);
  statsHandler({ stats: () => told })(request, response);
  await settled();
  return Buffer.from(socket.written, 'latin1').toString('utf8');
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('statsHandler', () => {
  it('answers GET with the statistics as JSON that nobody keeps', async () => {
    const answer = await answerTo('GET');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/\r\ncontent-type: application\/json; charset=utf-8\r\n/i);
    expect(answer).toMatch(/\r\ncache-control: no-store\r\n/i);
    expect(answer).toContain(`content-length: ${Buffer.byteLength(bodyOf(answer))}\r\n`);
    expect(JSON.parse(bodyOf(answer))).toEqual(stats);
  });

  it('says null where nothing is known of what every backend has, and nothing of what it has not', async () => {
    const backends = [backendStats('a')];
    const [told] = JSON.parse(bodyOf(await answerTo('GET', { ...stats, backends }))).backends;
    expect(told).toMatchObject({ id: 'a', zone: null, lastUsed: null });
    expect('limit' in told).toBe(false);
  });

  it('answers HEAD alike, without the body', async () => {
    const [get, head] = [await answerTo('GET'), await answerTo('HEAD')];
    expect(bodyOf(head)).toBe('');
    expect(/content-length: \d+/i.exec(head)?.[0]).toBe(/content-length: \d+/i.exec(get)?.[0]);
  });

  it.each(['POST', 'DELETE', 'PUT'])('refuses %s', async (method) => {
    const answer = await answerTo(method);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/\r\nallow: GET, HEAD\r\n/i);
  });
});
