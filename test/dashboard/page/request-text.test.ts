import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../lib/dashboard/page/request-text.js';

describe('parseRequest', () => {
  it('takes a request apart as it goes over the wire', () => {
    const text = 'POST /cart?a=1 HTTP/1.1\r\nHost: shop.example\r\nX-Time: 12:30\r\n\r\nbody: x';
    expect(parseRequest(text)).toEqual({
      method: 'POST',
      url: '/cart?a=1',
      headers: { host: 'shop.example', 'x-time': '12:30' },
    });
  });

  it.each([
    ['', 'GET', '/', {}],
    ['/cart', 'GET', '/cart', {}],
    ['delete /cart/7', 'DELETE', '/cart/7', {}],
    ['Host: a\nCookie: x=1', 'GET', '/', { host: 'a', cookie: 'x=1' }],
    ['GET /\nCookie: a=1\nCookie: b=2\nAccept: x\naccept: y', 'GET', '/', { cookie: 'a=1; b=2', accept: 'x, y' }],
    [':method: PUT\n:path: /x\n:authority: a\nx-a: 1', 'PUT', '/x', { 'x-a': '1' }],
    ['GET /a?b=<script>&c=d:e', 'GET', '/a?b=<script>&c=d:e', {}],
    ['http://shop.example/cart', 'GET', 'http://shop.example/cart', {}],
  ])('%j', (text, method, url, headers) => {
    expect(parseRequest(text)).toEqual({ method, url, headers });
  });
});
