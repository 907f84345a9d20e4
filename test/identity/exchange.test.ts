import { describe, expect, it } from 'vitest';
import { identified } from '../../lib/identity/exchange.js';
import { fakeExchange, fakeRequest } from '../core/fakes.js';

const extra = { baseUrl: '/api', originalUrl: '/api/x' };
const arrival = fakeExchange({}, fakeRequest({ url: '/x', headers: ['X-Request-Id', 'abc-1'], extra }));

describe('an exchange', () => {
  it('knows its mount, its client, and the request as it came', () => {
    const { request, response } = arrival;
    const exchange = identified({ request, response, upgrade: undefined }, { requestId: undefined }, 5);
    expect(exchange).toMatchObject({ since: 5, mount: '/api', requestId: undefined, upgrade: undefined });
    expect(exchange.client.peerTrusted).toBe(false);
    expect(exchange.request).toBe(request);
  });

  it('has an id where one is asked for: the client’s own, or a new one', () => {
    expect(identified(arrival, { requestId: 'X-Request-Id' }, 0).requestId).toBe('abc-1');
    expect(identified(arrival, { requestId: 'X-Trace' }, 0).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('believes whom it is told to believe', () => {
    expect(identified(arrival, { requestId: undefined, trustProxy: () => true }, 0).client.peerTrusted).toBe(
      arrival.request.socket.remoteAddress !== undefined,
    );
  });
});
