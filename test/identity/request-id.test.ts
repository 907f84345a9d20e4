import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../../lib/identity/request-id.js';
import { fakeRequest } from '../core/fakes.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const of = (headers: string[], header = 'X-Request-Id'): string => requestIdOf(fakeRequest({ headers }), header);

describe('requestIdOf', () => {
  it.each(['abc', '1', 'a.b_c:d=e+f/g-h', 'x'.repeat(128)])('is the client’s own: %s', (id) => {
    expect(of(['x-REQUEST-id', id])).toBe(id);
  });

  it.each(['', 'a b', 'a\tb', '<script>', 'a"b', 'é', 'a,b', 'x'.repeat(129)])(
    'is a new one in place of %j, which would do harm in a log',
    (id) => {
      expect(of(['X-Request-Id', id])).toMatch(UUID);
    },
  );

  it('is a new one where there is none, another each time', () => {
    expect(of([])).toMatch(UUID);
    expect(of([])).not.toBe(of([]));
  });

  it('is a new one where there are two', () => {
    expect(of(['X-Request-Id', 'a', 'X-Request-Id', 'b'])).toMatch(UUID);
  });

  it('is looked for in the header asked for', () => {
    expect(of(['X-Request-Id', 'a', 'X-Correlation-Id', 'b'], 'X-Correlation-Id')).toBe('b');
  });
});
