import { describe, expect, it } from 'vitest';
import { expectationSchema, shortfall } from '../../lib/health/expectation.js';

const answer = (status: number, body = '', whole = true) => ({ status, headers: {}, body: Buffer.from(body), whole });

describe('an expectation', () => {
  it('is a status of 200 to 299 by default, and the body is not looked at', () => {
    const expected = expectationSchema.parse(undefined);
    expect(expected.body).toBeUndefined();
    expect([199, 200, 299, 300].map((status) => shortfall(answer(status), expected) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('says what is missing', () => {
    const expected = expectationSchema.parse({ status: [200, '204-206'], body: 'ok' });
    expect(shortfall(answer(500), expected)).toBe('status 500, not 200, 204-206');
    expect(shortfall(answer(200, 'no'), expected)).toBe('the body is not as expected');
    expect(shortfall(answer(200, 'no', false), expected)).toBe('the first 2 bytes of the body is not as expected');
    expect(shortfall(answer(205, 'all ok'), expected)).toBeUndefined();
  });

  it.each([
    { status: 'ok' },
    { status: 99 },
    { status: '300-200' },
    { status: [] },
    { status: '2xx' },
    { body: '' },
    { body: 5 },
    { stat: 200 },
    5,
  ])('is not %j', (value) => {
    expect(expectationSchema.safeParse(value).success).toBe(false);
  });
});
