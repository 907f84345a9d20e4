import { describe, expect, it } from 'vitest';
import { requestRecord } from '../../lib/observe/request-record.js';
import { aborted, answered, failed, fakeRequest, one } from '../core/fakes.js';

const known = {
  at: 1_700_000_000_000,
  balancer: 'default',
  url: '/a//b?c',
  client: '203.0.113.7',
  upgrade: false,
  attempts: 1,
  duration: 12,
};
const told = { ...known, request: fakeRequest({ headers: ['Cookie', 'c=1', 'Authorization', 'secret'] }) };

describe('the record of a request', () => {
  it('that was answered has the backend’s status and times', () => {
    expect(
      requestRecord(told, answered({ status: 404, responseTime: 7, duration: 9, bytesIn: 3, bytesOut: 4 }), one()),
    ).toEqual({
      ...known,
      method: 'GET',
      httpVersion: '1.1',
      backend: one().id,
      status: 404,
      outcome: 'answered',
      responseTime: 7,
      upstreamTime: 9,
      bytesIn: 3,
      bytesOut: 4,
    });
  });

  it('has of what the client said the two headers that logs have, and its id', () => {
    const headers = ['Referer', 'http://a/', 'User-Agent', 'curl', 'Cookie', 'c=1'];
    const request = fakeRequest({ method: 'PUT', httpVersion: '1.0', headers });
    const record = requestRecord({ ...known, request, requestId: 'r1' }, answered(), one());
    const said = { method: 'PUT', httpVersion: '1.0', referer: 'http://a/', userAgent: 'curl', requestId: 'r1' };
    expect(record).toMatchObject(said);
    expect(JSON.stringify(record)).not.toContain('c=1');
  });

  it('that failed before its head has the status the client got from us, and why', () => {
    const record = requestRecord(told, failed('FAIRLEAD_HEADERS_TIMEOUT'), one());
    expect(record).toMatchObject({ status: 504, outcome: 'failed', code: 'FAIRLEAD_HEADERS_TIMEOUT' });
  });

  it('that failed behind its head has the status that was out by then', () => {
    const outcome = failed('FAIRLEAD_RESPONSE_BODY', true, { status: 200 });
    expect(requestRecord(told, outcome, one())).toMatchObject({ status: 200, code: 'FAIRLEAD_RESPONSE_BODY' });
  });

  it('whose client went away is a 499, whatever had been sent', () => {
    expect(requestRecord(told, aborted({ status: 200 }), one())).toMatchObject({
      status: 499,
      outcome: 'aborted',
      code: 'FAIRLEAD_CLIENT_ABORT',
    });
  });

  it('that no backend had names none', () => {
    expect('backend' in requestRecord(told, failed('FAIRLEAD_NO_BACKEND'), undefined)).toBe(false);
  });
});
