import { describe, expect, it } from 'vitest';
import { fieldsOf, formats, type LoggedRequest, oneLine } from '../../../lib/observe/access-log/formats.js';
import { record } from '../fakes.js';

const { combined, json } = formats;

describe('combined', () => {
  it('is what Apache writes, with our own behind it', () => {
    const line = combined(record({ referer: 'http://a/', userAgent: 'curl/8', sticky: 'hit' }));
    expect(line).toBe(
      '10.0.0.9 - - [10/Oct/2000:13:55:36 +0000] "GET /x HTTP/1.1" 200 2326 "http://a/" "curl/8"' +
        ' balancer=shop backend="a" attempts=1 responseTime=12.3 upstreamTime=13.0 duration=13.4 sticky=hit outcome=answered code=-',
    );
  });

  it('says `-` for what there is not', () => {
    const { backend: _, ...none } = record({ client: '', responseTime: -1, bytesOut: 0, status: 503 });
    const line = combined({ ...none, outcome: 'failed', code: 'FAIRLEAD_NO_BACKEND', dropped: 3 });
    expect(line).toMatch(/^- - - \[.*\] "GET \/x HTTP\/1\.1" 503 - "-" "-" balancer=shop backend="-" /);
    expect(line).toMatch(
      / responseTime=- upstreamTime=13\.0 duration=13\.4 sticky=- outcome=failed code=FAIRLEAD_NO_BACKEND dropped=3$/,
    );
  });

  it('has the second of each request, whichever was written before', () => {
    const seconds = [0, 999, 1_000, 500].map((at) => combined(record({ at })).match(/1970:([\d:]+)/)?.[1]);
    expect(seconds).toEqual(['00:00:00', '00:00:00', '00:00:01', '00:00:00']);
  });

  it('lets nobody out of the quotes, end the line or steer a terminal', () => {
    const nasty = 'a"\r\n\\\t\u001b[2J\u0000\u007f\u009b\u00e9\u2028\ud800';
    const line = combined(record({ url: nasty, referer: nasty, userAgent: nasty, client: nasty, backend: '"x' }));
    expect(line).toMatch(/^[ -~]+$/);
    const wanted = 'a\\x22\\x0d\\x0a\\x5c\\x09\\x1b[2J\\x00\\x7f\\x9b\\xe9\\u2028\\ud800';
    expect(line.split('"')).toHaveLength(9);
    expect(line).toContain(`"GET ${wanted} HTTP/1.1"`);
    expect(line).toContain(` "${wanted}" "${wanted}" balancer`);
  });
});

describe('json', () => {
  it('is the record, with the time for people', () => {
    expect(JSON.parse(json(record()))).toEqual({ ...record(), at: '2000-10-10T13:55:36.000Z' });
  });

  it('has every field that a record can have', () => {
    const all: Required<LoggedRequest> = {
      ...(record() as LoggedRequest & { backend: string }),
      code: 'FAIRLEAD_BACKEND_RESET',
      referer: 'http://a/"',
      userAgent: 'curl/8 \\',
      requestId: 'r"1',
      sticky: 'hit',
      coalesced: true,
      dropped: 3,
    };
    expect(JSON.parse(json(all))).toEqual(fieldsOf(all));
  });

  it('has the time to the millisecond, of each request’s second', () => {
    const times = [0, 7.9, 42, 999, 1_000].map((at) => JSON.parse(json(record({ at }))).at);
    const ends = ['00.000', '00.007', '00.042', '00.999', '01.000'];
    expect(times).toEqual(ends.map((end) => `1970-01-01T00:00:${end}Z`));
  });

  it('is one line that no terminal obeys, and comes back as it was', () => {
    const url = '/"\r\n\\\u001b\u007f\u009b\u2028\u2029é';
    const line = json(record({ url }));
    expect(line).toMatch(/^[ -~]*$/);
    expect(JSON.parse(line)).toMatchObject({ url });
  });
});

it('a line of the user’s own keeps its tabs and loses what ends it', () => {
  expect(oneLine('a\tb\r\nc\u001b\u2028é')).toBe('a\tb\\x0d\\x0ac\\x1b\\u2028é');
});
