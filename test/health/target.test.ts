import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import type { CheckPlace } from '../../lib/core/check.js';
import { readyEvent, targetOf } from '../../lib/health/target.js';

const of = (url: string, place: CheckPlace = {}) => targetOf(backendRecord({ url }), place, {});

describe('where a backend is checked', () => {
  it.each([
    ['http://10.0.0.1:3000', {}, { hostname: '10.0.0.1', port: '3000', authority: '10.0.0.1:3000', path: undefined }],
    ['http://10.0.0.1:3000', { port: 9000 }, { hostname: '10.0.0.1', port: '9000', authority: '10.0.0.1:9000' }],
    ['http://[::1]:3000', {}, { hostname: '::1', authority: '[::1]:3000' }],
    ['https://b.example', { path: '/h' }, { protocol: 'https:', port: '', authority: 'b.example', path: '/h' }],
    ['http://a', { url: 'https://b:9/x?y' }, { protocol: 'https:', hostname: 'b', port: '9', path: '/x?y' }],
    ['unix:/run/app.sock', {}, { socketPath: '/run/app.sock', authority: 'localhost', path: undefined }],
  ])('%s with %j', (url, place, target) => {
    expect(of(url, place)).toMatchObject(target);
  });

  it('a connection stands when TLS does', () => {
    expect([readyEvent(of('http://a')), readyEvent(of('https://a'))]).toEqual(['connect', 'secureConnect']);
  });
});
