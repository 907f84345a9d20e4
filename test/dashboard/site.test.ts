import { describe, expect, it } from 'vitest';
import { routeOf } from '../../lib/dashboard/route.js';
import { Site } from '../../lib/dashboard/site.js';
import { fakeRequest, fakeResponse } from '../core/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

function site() {
  const clock = new FakeClock();
  const lb = balance({ name: 'api', backends: [{ id: 'a', url: 'http://10.0.0.1' }] });
  const served = new Site([lb], undefined, clock);
  const ask = async (url: string, method = 'GET') => {
    const request = fakeRequest({ url, method, extra: { originalUrl: `/balancer${url}` } });
    const { response, socket } = fakeResponse(request);
    await served.serve(routeOf(request), request, response);
    const [head = '', body = ''] = socket.written.split('\r\n\r\n', 2);
    return { status: response.statusCode, head, body, response };
  };
  return { clock, ask, served };
}

describe('Site', () => {
  it('serves a page, and what that loads, to be kept for ever under a path of this version', async () => {
    const { ask } = site();
    const { status, body } = await ask('/');
    expect(status).toBe(200);
    const link = /src="(assets\/\w+\/main\.js)"/.exec(body)?.[1] ?? '';
    const script = await ask(`/${link}`);
    expect(script.status).toBe(200);
    expect(script.head).toMatch(/cache-control: private, max-age=31536000, immutable/i);
    expect((await ask('/assets/0123456789abcdef/main.js')).status).toBe(404);
    expect((await ask(`/${link.replace('main.js', 'package.json')}`)).status).toBe(404);
  });

  it('serves its data and the last minutes of a backend', async () => {
    const { ask } = site();
    expect(JSON.parse((await ask('/data.json')).body)).toMatchObject({
      balancers: [{ head: { name: 'api' }, rows: [{ id: 'a', status: 'up' }] }],
    });
    expect(JSON.parse((await ask('/history.json?balancer=0&id=a')).body)).toMatchObject([{ id: '' }, { id: 'a' }]);
    expect((await ask('/history.json?balancer=1')).status).toBe(404);
    expect((await ask('/history.json')).status).toBe(200);
    expect((await ask('/history.json?balancer=length')).status).toBe(404);
  });

  it.each([
    ['/', 'POST', 'GET, HEAD'],
    ['/stream', 'DELETE', 'GET, HEAD'],
    ['/actions', 'GET', 'POST'],
    ['/explain', 'HEAD', 'POST'],
  ])('%s by %s is refused', async (url, method, allow) => {
    const { status, head } = await site().ask(url, method);
    expect(status).toBe(405);
    expect(head).toMatch(new RegExp(`^allow: ${allow}\r?$`, 'im'));
  });

  it('answers HEAD for a stream without beginning one', async () => {
    const { ask, clock } = site();
    const { head, body } = await ask('/stream', 'HEAD');
    expect(head).toMatch(/content-type: text\/event-stream/i);
    expect(body).toBe('');
    expect(clock.pending).toBe(0);
  });

  it('close() ends streams', async () => {
    const { ask, served } = site();
    const { response } = await ask('/stream');
    expect(response.writableEnded).toBe(false);
    served.close();
    expect(response.writableEnded).toBe(true);
  });
});
