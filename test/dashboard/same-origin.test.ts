import { describe, expect, it } from 'vitest';
import { foreign } from '../../lib/dashboard/same-origin.js';

describe('foreign', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    // Behind a proxy that rewrites Host the two differ, and the browser knows better.
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://ops.example', host: 'internal:3000' }],
    [{ origin: 'http://ops.example:3000', host: 'ops.example:3000' }],
    [{ origin: 'http://OPS.example', host: 'ops.EXAMPLE' }],
    [{ origin: 'https://ops.example', ':authority': 'ops.example' }],
  ])('takes %j for its own', (headers) => {
    expect(foreign({ headers })).toBeUndefined();
  });

  it.each([
    [{}, 'neither'],
    [{ host: 'ops.example' }, 'neither'],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://ops.example', host: 'ops.example' }, '"cross-site"'],
    [{ 'sec-fetch-site': 'same-site' }, '"same-site"'],
    [{ 'sec-fetch-site': 'none' }, '"none"'],
    [{ origin: 'null', host: 'ops.example' }, '"null"'],
    [{ origin: 'http://evil.example', host: 'ops.example' }, '"http://evil.example"'],
    [{ origin: 'http://ops.example.evil', host: 'ops.example' }, 'evil'],
    [{ origin: 'http://ops.example:81', host: 'ops.example' }, ':81'],
    [{ origin: 'http://ops.example' }, 'ops.example'],
  ])('takes %j for foreign', (headers, why) => {
    expect(foreign({ headers })).toContain(why);
  });

  it('quotes what it is told, and little of it', () => {
    const told = foreign({ headers: { 'sec-fetch-site': `a"b${'x'.repeat(500)}` } });
    expect(told).toContain('"a\\"bxxx');
    expect(told?.length).toBeLessThan(150);
  });
});
