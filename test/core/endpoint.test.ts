import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../lib/core/endpoint.js';
import { one } from './fakes.js';

describe('endpointOf', () => {
  it.each([
    ['http://10.0.0.1:3000', { protocol: 'http:', hostname: '10.0.0.1', port: '3000' }],
    ['http://b.example', { protocol: 'http:', hostname: 'b.example', port: '' }],
    ['https://b.example:8443', { protocol: 'https:', hostname: 'b.example', port: '8443' }],
    ['http://[::1]:3000', { protocol: 'http:', hostname: '::1', port: '3000' }],
    ['unix:/run/app.sock', { protocol: 'http:', hostname: 'localhost', port: '', socketPath: '/run/app.sock' }],
    ['unix:/run/my%20app.sock', { protocol: 'http:', hostname: 'localhost', port: '', socketPath: '/run/my app.sock' }],
  ])('of %s', (url, endpoint) => {
    expect(endpointOf(one(url))).toEqual(endpoint);
  });
});
