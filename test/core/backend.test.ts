import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, backendRecord, defaultId } from '../../lib/core/backend.js';

describe('backendRecord', () => {
  it('starts with defaults and counters at 0', () => {
    expect(backendRecord({ url: 'http://10.0.0.1:3000', id: 'a' })).toEqual({
      id: 'a',
      url: new URL('http://10.0.0.1:3000'),
      weight: 1,
      configuredWeight: 1,
      slowStart: undefined,
      priority: 0,
      zone: undefined,
      metadata: {},
      state: 'ready',
      check: undefined,
      health: 'unknown',
      breaker: 'closed',
      onTrial: false,
      unreachable: false,
      presence: 'member',
      steered: { state: 'ready', share: 1 },
      maxConnections: undefined,
      concurrency: Number.POSITIVE_INFINITY,
      spent: false,
      full: false,
      active: 0,
      upgrades: 0,
      total: 0,
      bytesIn: 0,
      bytesOut: 0,
    });
  });

  it('takes undefined for absent', () => {
    const record = backendRecord({ url: 'http://10.0.0.1', id: undefined, weight: undefined, metadata: undefined });
    expect(record).toMatchObject({ weight: 1, metadata: {} });
    expect(record.id).toMatch(/^[0-9a-f]{12}$/);
  });

  it('keeps a weight below 1', () => {
    expect(backendRecord({ url: 'http://10.0.0.1', weight: 0.25 }).weight).toBe(0.25);
  });

  it('has its full weight from the start, and its window in milliseconds', () => {
    const record = backendRecord({ url: 'http://10.0.0.1', weight: 3, slowStart: '30s' });
    expect(record).toMatchObject({ weight: 3, configuredWeight: 3, slowStart: 30_000 });
    expect(backendRecord({ url: 'http://10.0.0.1', slowStart: 0 }).slowStart).toBe(0);
  });

  it.each([
    [{}, 0],
    [{ backup: false }, 0],
    [{ backup: true }, 1],
    [{ backup: true, priority: 1 }, 1],
    [{ priority: 4 }, 4],
  ])('with %o has priority %i', (input, priority) => {
    expect(backendRecord({ url: 'http://10.0.0.1', ...input }).priority).toBe(priority);
  });

  it('copies what it is given', () => {
    const url = new URL('http://10.0.0.1:3000');
    const metadata: Record<string, unknown> = { rack: 7 };
    const record = backendRecord({ url, metadata });
    url.port = '1';
    metadata.rack = 8;
    expect(record.url.port).toBe('3000');
    expect(record.metadata).toEqual({ rack: 7 });
    expect(Object.isFrozen(record.metadata)).toBe(true);
  });
});

describe('defaultId', () => {
  it('is the same in every process', () => {
    // Recorded: cookies and hashes hang on it, so a change would move every client.
    expect(defaultId(new URL('http://10.0.0.1:3000'))).toBe('296212fbce80');
  });

  it.each([
    ['http://10.0.0.1', 'http://10.0.0.1:80/'],
    ['HTTP://Example.COM', 'http://example.com'],
    ['https://h:443', 'https://h'],
  ])('is the same for %s and %s', (a, b) => {
    expect(defaultId(new URL(a))).toBe(defaultId(new URL(b)));
  });

  it('differs for another scheme, host or port, and shows none of them', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.webUrl(), (a, b) => {
        const [first, second] = [new URL(a), new URL(b)];
        expect(defaultId(first) === defaultId(second)).toBe(first.origin === second.origin);
        expect(defaultId(first)).toMatch(/^[0-9a-f]{12}$/);
      }),
    );
  });
});

describe('addressOf', () => {
  it.each([
    ['http://10.0.0.1:3000/', 'http://10.0.0.1:3000'],
    ['http://h:80', 'http://h'],
    ['unix:/run/app.sock', 'unix:/run/app.sock'],
  ])('%s is %s', (url, address) => {
    expect(addressOf(new URL(url))).toBe(address);
  });

  it('tells two sockets apart, and so do their ids', () => {
    expect(defaultId(new URL('unix:/run/a.sock'))).not.toBe(defaultId(new URL('unix:/run/b.sock')));
  });
});
