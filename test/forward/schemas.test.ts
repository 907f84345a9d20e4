import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../lib/core/problems.js';
import { headersSchema, requestIdSchema, tlsSchema } from '../../lib/forward/schemas.js';
import { parseOptions } from '../../lib/options.js';
import { thrownBy } from '../core/fakes.js';

type AnySchema = typeof headersSchema | typeof requestIdSchema | typeof tlsSchema;

function problems(schema: AnySchema, value: unknown) {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value);
}

describe('headers', () => {
  it('are edited in no way by default', () => {
    for (const value of [undefined, {}, { request: {} }, { request: undefined, response: { set: {}, remove: [] } }]) {
      const { request, response } = headersSchema.parse(value);
      expect([request.set.size, request.remove.size, response.set.size, response.remove.size]).toEqual([0, 0, 0, 0]);
    }
  });

  it('come out compiled', () => {
    const { request } = headersSchema.parse({ request: { set: { 'X-A': '1' }, remove: ['X-B'] } });
    expect([...request.set]).toEqual([['x-a', ['X-A', '1']]]);
    expect([...request.remove]).toEqual(['x-b']);
  });

  it.each([
    [{ request: { set: { 'X A': '1' } } }, 'request.set.X A'],
    [{ request: { set: { '': '1' } } }, 'request.set.'],
    [{ request: { set: { 'X-A': 1 } } }, 'request.set.X-A'],
    [{ request: { set: { 'X-A': 'a\r\nb' } } }, 'request.set.X-A'],
    [{ request: { set: { 'X-A': '\u20ac' } } }, 'request.set.X-A'],
    [{ response: { remove: ['a b'] } }, 'response.remove[0]'],
    [{ response: { remove: 'X-A' } }, 'response.remove'],
    [{ request: { set: [] } }, 'request.set'],
    [{ request: 7 }, 'request'],
    [{ requests: {} }, 'requests'],
    [{ request: { sets: {} } }, 'request.sets'],
    [7, ''],
    [null, ''],
  ])('of %j have one problem, at %s', (value, path) => {
    expect(problems(headersSchema, value).map((problem) => problem.path)).toEqual([path]);
  });

  // An edit of these would let two parsers read one message two ways.
  it.each(['Connection', 'Content-Length', 'host', 'Keep-Alive', 'TE', 'Trailer', 'TRANSFER-ENCODING', 'Upgrade'])(
    'leave %s alone',
    (name) => {
      for (const side of ['request', 'response']) {
        expect(problems(headersSchema, { [side]: { set: { [name]: '1' } } })).toMatchObject([
          { rule: expect.stringContaining('not a header of the framing') },
        ]);
        expect(problems(headersSchema, { [side]: { remove: [name] } })).toMatchObject([
          { path: `${side}.remove[0]`, rule: expect.stringContaining('not a header of the framing') },
        ]);
      }
    },
  );
});

describe('requestId', () => {
  it.each([
    [undefined, undefined],
    [false, undefined],
    [true, 'X-Request-Id'],
    ['X-Correlation-Id', 'X-Correlation-Id'],
  ])('%j is %j', (value, header) => {
    expect(requestIdSchema.parse(value)).toBe(header);
  });

  it.each(['', 'a b', 'a:', 7, null, {}])('is not %j', (value) => {
    expect(problems(requestIdSchema, value)).toMatchObject([{ path: '', value }]);
  });

  it.each(['Host', 'Content-Length', 'Transfer-Encoding', 'Connection'])('has no place in %s', (value) => {
    expect(problems(requestIdSchema, value)).toHaveLength(1);
  });
});

describe('tls', () => {
  it.each([{}, { rejectUnauthorized: false }, { servername: 'b.example' }, { ca: undefined }])('may be %j', (value) => {
    expect(problems(tlsSchema, value)).toEqual([]);
  });

  it.each([
    [{ ca: 7 }, 'ca'],
    [{ ca: [7] }, 'ca'],
    [{ ca: [] }, 'ca'],
    [{ ca: './ca.pem' }, 'ca'],
    [{ ca: '' }, 'ca'],
    [{ cert: {} }, 'cert'],
    [{ key: true }, 'key'],
    [{ servername: '' }, 'servername'],
    [{ servername: 7 }, 'servername'],
    [{ rejectUnauthorized: 0 }, 'rejectUnauthorized'],
    [{ rejectUnauthorised: false }, 'rejectUnauthorised'],
    [true, ''],
    [null, ''],
  ])('of %j has one problem, at %s', (value, path) => {
    expect(problems(tlsSchema, value).map((problem) => problem.path)).toEqual([path]);
  });

  it('with a certificate and a key that are none is told now and not at each connection', () => {
    expect(problems(tlsSchema, { cert: 'no certificate', key: 'no key' })).toMatchObject([
      { path: '', rule: expect.stringMatching(/^a certificate and its own key/) },
    ]);
  });

  it('never shows a key', () => {
    const text = '-----BEGIN PRIVATE KEY-----';
    const thrown = thrownBy(() => parseOptions({ backends: [], tls: { cert: 'x', key: text } }));
    expect(JSON.stringify([thrown.message, thrown.problems])).not.toContain(text);
  });

  it.each([{ cert: 'alone' }, { key: 'alone' }])('%j is half a pair', (value) => {
    expect(problems(tlsSchema, value)[0]?.rule).toBe('cert and key go together');
  });
});
