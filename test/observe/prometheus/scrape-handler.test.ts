import { expect, it } from 'vitest';
import { scrapeHandler } from '../../../lib/observe/prometheus/scrape-handler.js';
import { fakeRequest, fakeResponse, settled } from '../../core/fakes.js';

async function answerTo(method: string, metrics: () => Promise<string> = async () => 'up 1\n'): Promise<string> {
  const request = fakeRequest({ method });
  const { response, socket } = fakeResponse(request);
  scrapeHandler({ contentType: 'text/plain; version=0.0.4', metrics })(request, response);
  await settled();
  return socket.written;
}

it('a scrape gets the exposition, which nobody keeps', async () => {
  const answer = await answerTo('GET');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toMatch(/content-type: text\/plain; version=0\.0\.4\r\n/i);
  expect(answer).toMatch(/content-length: 5\r\n/i);
  expect(answer).toMatch(/cache-control: no-store\r\n/i);
  expect(answer).toMatch(/\r\n\r\nup 1\n$/);
});

it('HEAD gets no body, POST nothing', async () => {
  expect(await answerTo('HEAD')).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
  expect(await answerTo('POST')).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD/i);
});

it('a metric that throws is a 500, and nobody is told which', async () => {
  const answer = await answerTo('GET', () => Promise.reject(new Error('the password is x')));
  expect(answer).toMatch(/^HTTP\/1\.1 500 /);
  expect(answer).not.toContain('password');
});

it('an answer that the app has begun is left alone', async () => {
  const request = fakeRequest();
  const { response, socket } = fakeResponse(request);
  scrapeHandler({ contentType: 'text/plain', metrics: async () => 'late' })(request, response);
  response.end('ours');
  await settled();
  expect(socket.written).toContain('ours');
  expect(socket.written).not.toContain('late');
});
