import { describe, expect, it } from 'vitest';
import type { UpstreamRequest } from '../../../lib/core/engine.js';
import { redactor } from '../../../lib/observe/redact.js';
import {
  outcomeAttributes,
  requestAttributes,
  retryAttributes,
  spanName,
} from '../../../lib/observe/tracing/attributes.js';
import { aborted, answered, failed, one } from '../../core/fakes.js';

function attributes(url: string, { method = 'GET', path = '/x', made = 1 } = {}) {
  const request: UpstreamRequest = { backend: one(url), method, path, headers: [], fresh: false, body: undefined };
  return requestAttributes(request, 'shop', made, redactor(undefined));
}

describe('a request', () => {
  it('says what, to whom, and for whom', () => {
    expect(attributes('http://10.0.0.1:3000', { path: '/a?b&token=s' })).toEqual({
      'http.request.method': 'GET',
      'url.full': 'http://10.0.0.1:3000/a?b&token=REDACTED',
      'server.address': '10.0.0.1',
      'server.port': 3000,
      'fairlead.balancer': 'shop',
      'fairlead.backend': one('http://10.0.0.1:3000').id,
    });
  });

  it.each([
    ['http://a', 'a', 80, 'http://a/x'],
    ['https://a', 'a', 443, 'https://a/x'],
    ['http://[::1]:8080', '::1', 8080, 'http://[::1]:8080/x'],
  ])('%s is %s, port %i', (url, address, port, full) => {
    expect(attributes(url)).toMatchObject({ 'server.address': address, 'server.port': port, 'url.full': full });
  });

  it('through a socket file has its path for an address', () => {
    const socket = attributes('unix:/run/app.sock');
    expect(socket).toMatchObject({ 'server.address': '/run/app.sock', 'url.full': 'http://localhost/x' });
    expect(socket).not.toHaveProperty('server.port');
  });

  it('for the server as a whole, of an unknown method, sent again, endless', () => {
    expect(attributes('http://a', { path: '*', method: 'OPTIONS' })['url.full']).toBe('http://a');
    const other = { 'http.request.method': '_OTHER', 'http.request.method_original': 'PURGE' };
    expect(attributes('http://a', { method: 'PURGE' })).toMatchObject(other);
    expect(attributes('http://a', { made: 3 })['http.request.resend_count']).toBe(2);
    expect(String(attributes('http://a', { path: `/${'x'.repeat(9_000)}` })['url.full'])).toHaveLength(2_051);
  });

  it('is named by its method, if that is one', () => {
    expect(['PATCH', 'get', 'PURGE'].map(spanName)).toEqual(['PATCH', 'HTTP', 'HTTP']);
  });
});

describe('an outcome', () => {
  it.each([
    [200, undefined],
    [302, undefined],
    [404, '404'],
    [503, '503'],
  ])('with status %i has the error %s', (status, type) => {
    const { attributes: told, error } = outcomeAttributes(answered({ status }));
    expect(told['http.response.status_code']).toBe(status);
    expect(told['error.type']).toBe(type);
    expect(error).toBe(type === undefined ? undefined : '');
  });

  it('that failed says why; that was cancelled is no error', () => {
    const { attributes: told, error } = outcomeAttributes(failed('FAIRLEAD_CONNECT', false, { status: 0 }));
    expect(told).toEqual({ 'fairlead.outcome': 'failed', 'error.type': 'FAIRLEAD_CONNECT' });
    expect(error).toEqual(expect.any(String));
    expect(outcomeAttributes(aborted({ status: 0 }))).toEqual({ attributes: { 'fairlead.outcome': 'aborted' } });
  });
});

it('a retry says after what, and whom', () => {
  const common = { method: 'GET', backend: 'a', attempt: 1, delay: 5 };
  const told = { 'fairlead.retry.backend': 'a', 'fairlead.retry.delay': 5 };
  expect(retryAttributes({ ...common, reason: 'status', status: 503 })).toEqual({
    ...told,
    'fairlead.retry.reason': 'status',
    'http.response.status_code': 503,
  });
  expect(retryAttributes({ ...common, reason: 'connect', code: 'FAIRLEAD_CONNECT' })).toEqual({
    ...told,
    'fairlead.retry.reason': 'connect',
    'error.type': 'FAIRLEAD_CONNECT',
  });
});
