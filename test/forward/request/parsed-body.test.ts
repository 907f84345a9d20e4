import express from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedBody } from '../../../lib/forward/request/parsed-body.js';
import { fakeRequest, fakeResponse } from '../../core/fakes.js';

const TYPE = { json: 'application/json', form: 'application/x-www-form-urlencoded', text: 'text/plain' };

function bytesOf(type: string | undefined, body: unknown, extra: object = {}): Buffer | undefined {
  const headers = type === undefined ? [] : ['Content-Type', type];
  return parsedBody(fakeRequest({ method: 'POST', headers, extra: { body, ...extra } }));
}

const textOf = (type: string | undefined, body: unknown, extra?: object): string | undefined =>
  bytesOf(type, body, extra)?.toString();

/** What Express's own parser makes of these bytes. */
async function parse(parser: express.Handler, type: string, bytes: Buffer): Promise<unknown> {
  const headers = ['Content-Type', type, 'Content-Length', String(bytes.length)];
  const request = fakeRequest({ method: 'POST', headers });
  request.push(bytes);
  request.push(null);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
    parser(
      request as express.Request,
      fakeResponse(request).response as express.Response,
      done as express.NextFunction,
    );
  });
  return Reflect.get(request, 'body');
}

describe('JSON', () => {
  it.each([[{ a: [1, null, 'ü'] }], [[]], [{}], [0], [false], [null], [1.5]])('%j', (body) => {
    expect(textOf(TYPE.json, body)).toBe(JSON.stringify(body));
  });

  it('that is a text by itself', () => {
    expect(textOf(TYPE.json, 'hello')).toBe('"hello"');
  });

  it('that express.text() has read goes out as it is', () => {
    expect(textOf(TYPE.json, '{ "a" : 1 }')).toBe('{ "a" : 1 }');
  });

  it.each([
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/problem+json',
    'application/vnd.api+json; v=1',
  ])('by the type %s', (type) => {
    expect(textOf(type, { a: 1 })).toBe('{"a":1}');
  });

  it('comes back as it was, through Express’s parser', async () => {
    await fc.assert(
      // A string might be a text that express.text() has read: what it is cannot always be told.
      fc.asyncProperty(
        fc.jsonValue().filter((value) => typeof value !== 'string'),
        async (value) => {
          const bytes = bytesOf(TYPE.json, value);
          const parser = express.json({ strict: false });
          // JSON has no -0.
          expect(await parse(parser, TYPE.json, bytes ?? Buffer.alloc(0))).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });
});

describe('urlencoded', () => {
  it.each([
    [{ a: '1', b: 'two words' }, 'a=1&b=two%20words'],
    [{ a: ['1', '2'] }, 'a=1&a=2'],
    [{ 'ü&=': '%+' }, '%C3%BC%26%3D=%25%2B'],
    [{ a: '' }, 'a='],
    [{}, ''],
  ])('%j is %s', (body, text) => {
    expect(textOf(TYPE.form, body)).toBe(text);
  });

  const extended = express.urlencoded({ extended: true });
  const again = async (body: unknown): Promise<unknown> =>
    parse(extended, TYPE.form, bytesOf(TYPE.form, body) ?? Buffer.alloc(0));

  it.each([
    [{ user: { name: 'Ann', address: { city: 'Ghent' } } }],
    [{ list: ['a', 'b'] }],
    [{ list: ['a'] }],
    [{ people: [{ name: 'Ann' }, { name: 'Bob' }] }],
    [{ people: [{ tags: ['x', 'y'] }] }],
    [{ grid: [['a', 'b'], ['c']] }],
    [{ empty: '' }],
  ])('%j comes back as it was, through Express’s parser', async (body) => {
    expect(await again(body)).toEqual(body);
  });

  it('comes back as it was, whatever is nested in what', async () => {
    const key = fc.stringMatching(/^[a-zA-Z_ü&=+% ]{1,6}$/);
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.string({ maxLength: 6 }),
        fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
      ),
    }));
    await fc.assert(
      // qs reads no deeper than 5 by itself; Express asks for 32.
      fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true }), async (body) => {
        expect(await again(body)).toEqual(body);
      }),
    );
  });

  it('is read back the same by a parser of flat forms', async () => {
    const flat = express.urlencoded({ extended: false });
    const body = { a: '1', b: ['2', '3'] };
    expect(await parse(flat, TYPE.form, bytesOf(TYPE.form, body) ?? Buffer.alloc(0))).toEqual(body);
  });

  it('keeps to the charset that Content-Type names', async () => {
    const type = `${TYPE.form}; charset=iso-8859-1`;
    const body = { name: 'Zoë' };
    expect(await parse(extended, type, bytesOf(type, body) ?? Buffer.alloc(0))).toEqual(body);
  });
});

describe('text', () => {
  it.each(['', 'hello', 'zwölf €'])('%j', (body) => {
    expect(textOf(TYPE.text, body)).toBe(body);
    expect(textOf(undefined, body)).toBe(body);
    expect(textOf('application/xml', body)).toBe(body);
  });

  it.each([
    ['text/plain; charset=utf-8', 'utf8'],
    ['text/plain; charset="UTF-8"', 'utf8'],
    ['text/plain; charset=iso-8859-1', 'latin1'],
    ['text/plain;charset=latin1', 'latin1'],
    ['text/plain; charset=utf-16le', 'utf16le'],
    ['text/plain; format=flowed; charset=latin1', 'latin1'],
  ] as const)('goes out in the charset of %s', (type, encoding) => {
    expect(bytesOf(type, 'zwölf')).toEqual(Buffer.from('zwölf', encoding));
  });

  it('in a charset that Node cannot write is not sent on under its name', () => {
    expect(textOf('text/plain; charset=windows-1251', 'При')).toBeUndefined();
  });
});

describe('bytes', () => {
  it.each([
    ['a Buffer', Buffer.from([0, 255, 1])],
    ['a Uint8Array', new Uint8Array([0, 255, 1])],
    ['a part of an ArrayBuffer', new Uint8Array([9, 0, 255, 1, 9]).subarray(1, 4)],
  ])('%s goes out as it is', (_what, body) => {
    for (const type of [undefined, 'application/octet-stream', TYPE.json, TYPE.form]) {
      expect(bytesOf(type, body)).toEqual(Buffer.from([0, 255, 1]));
    }
  });

  it('that an app has kept in rawBody are better than anything made anew', () => {
    const rawBody = Buffer.from('{ "a" : 1 }');
    expect(textOf(TYPE.json, { a: 1 }, { rawBody })).toBe('{ "a" : 1 }');
    expect(textOf(undefined, undefined, { rawBody })).toBe('{ "a" : 1 }');
  });

  it('are not what rawBody holds when it is no buffer', () => {
    expect(textOf(TYPE.json, { a: 1 }, { rawBody: true })).toBe('{"a":1}');
  });
});

describe('nothing', () => {
  it.each([
    ['no body at all', TYPE.json, undefined],
    ['an object of a type nobody can write', 'multipart/form-data', { a: 1 }],
    ['an object without a type', undefined, { a: 1 }],
    ['a number as a form', TYPE.form, 7],
    ['null as a form', TYPE.form, null],
    ['null as text', TYPE.text, null],
  ])('can be made of %s', (_what, type, body) => {
    expect(bytesOf(type, body)).toBeUndefined();
  });
});
