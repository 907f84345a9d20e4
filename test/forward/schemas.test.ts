import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../lib/core/problems.js';
import { headersSchema, requestIdSchema, tlsSchema } from '../../lib/forward/schemas.js';

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
  it.each([{}, { rejectUnauthorized: false }, { servername: 'b.example' }, { ca: undefined }, { ca: [] }])(
    'may be %j',
    (value) => {
      expect(problems(tlsSchema, value)).toEqual([]);
    },
  );

  it.each([
    [{ ca: 7 }, 'ca'],
    [{ ca: [7] }, 'ca'],
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

  it.each([{ cert: 'no certificate' }, { key: 'no key' }])('%j is told now and not at each connection', (value) => {
    expect(problems(tlsSchema, value)).toMatchObject([
      { path: '', rule: expect.stringMatching(/^certificates that Node can read: /) },
    ]);
  });
});
