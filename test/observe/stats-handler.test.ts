import { describe, expect, it } from 'vitest';
import { statsHandler } from '../../lib/observe/stats-handler.js';
import { fakeRequest, fakeResponse, settled } from '../core/fakes.js';
import { backendStats, balancerStats } from './fakes.js';

const stats = balancerStats('api – ü', []);

async function answerTo(method: string, told = stats): Promise<string> {
  const request = fakeRequest({ method });
  const { response, socket } = fakeResponse(request);
  statsHandler({ stats: () => told })(request, response);
  await settled();
  return Buffer.from(socket.written, 'latin1').toString('utf8');
}

const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('statsHandler', () => {
  it('says at once that it was given no load balancer', () => {
    const make = () => statsHandler(undefined as never);
    expect(make).toThrow(/statsHandler\(\):\n {2}lb: what loadBalancer\(\) has returned \(given: undefined\)/);
    expect(make).toThrow(expect.objectContaining({ code: 'FAIRLEAD_OPTIONS' }));
  });

  it('answers GET with the statistics as JSON that nobody keeps', async () => {
    const answer = await answerTo('GET');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/\r\ncontent-type: application\/json; charset=utf-8\r\n/i);
    expect(answer).toMatch(/\r\ncache-control: no-store\r\n/i);
    expect(answer).toContain(`content-length: ${Buffer.byteLength(bodyOf(answer))}\r\n`);
    expect(JSON.parse(bodyOf(answer))).toEqual(stats);
  });

  it('says null where nothing is known of what every backend has, and nothing of what it has not', async () => {
    const [told] = JSON.parse(bodyOf(await answerTo('GET', balancerStats('api', [backendStats('a')])))).backends;
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
