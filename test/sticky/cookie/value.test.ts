import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieValues, opaque, type ValueOptions } from '../../../lib/sticky/cookie/value.js';
import { FakeClock } from '../../support/clock.js';

const BACKEND = opaque('b');

function values(options: Partial<ValueOptions> = {}) {
  const clock = new FakeClock();
  const all = {
    cookie: 'lb',
    secrets: [],
    maxIdle: undefined,
    maxLife: undefined,
    maxAge: undefined,
    clock,
    ...options,
  };
  return { clock, codec: new CookieValues(all) };
}

/** Every kind of value there is. */
const KINDS: readonly [string, Partial<ValueOptions>, RegExp][] = [
  ['plain', {}, /^[\w-]{16}$/],
  ['dated', { maxIdle: 60_000 }, /^[\w-]{16}~[0-9a-z]{8}~[0-9a-z]{8}$/],
  ['signed', { secrets: ['s3cret'] }, /^[\w-]{16}\.[\w-]{43}$/],
  ['dated and signed', { maxLife: 60_000, secrets: ['new', 'old'] }, /^[\w-]{16}~\w{8}~\w{8}\.[\w-]{43}$/],
];

describe.each(KINDS)('a %s value', (_kind, options, form) => {
  it('is compact, made of what cookies may hold, and read back', () => {
    const { codec } = values(options);
    const value = codec.write(BACKEND);
    expect(value).toMatch(form);
    expect(codec.read(value)).toMatchObject({ backend: BACKEND, due: false });
  });

  it('is read by another process of the same options', () => {
    expect(values(options).codec.read(values(options).codec.write(BACKEND))?.backend).toBe(BACKEND);
  });

  it('is nothing when cut anywhere', () => {
    const { codec } = values(options);
    const value = codec.write(BACKEND);
    for (let end = 0; end < value.length; end++) expect(codec.read(value.slice(0, end))).toBeUndefined();
    for (let start = 1; start < value.length; start++) expect(codec.read(value.slice(start))).toBeUndefined();
  });

  it('never names its backend again with anything behind or before it', () => {
    const { codec } = values(options);
    const value = codec.write(BACKEND);
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }), (more) => {
        const before = codec.read(more + value);
        expect(before?.backend === BACKEND && before.dates === undefined).toBe(false);
        // Without a signature a client may write dates of its own: that much is theirs.
        const after = codec.read(value + more);
        expect(after === undefined || /^~\w+~\w+$/.test(more)).toBe(true);
      }),
    );
  });

  it('whatever comes, neither throws nor takes long', () => {
    const { codec } = values(options);
    const anything = fc.oneof(
      fc.string({ maxLength: 300, unit: 'binary' }),
      fc.stringMatching(/^[\w~.-]{0,120}$/),
      fc.stringMatching(/^[\w-]{16}(~[0-9a-z]{1,12}){0,3}(\.[\w-]{40,45})?$/),
    );
    fc.assert(
      fc.property(anything, (value) => void codec.read(value)),
      { numRuns: 1000 },
    );
    expect(codec.read('~'.repeat(1_000_000))).toBeUndefined();
    expect(codec.read(`${BACKEND}~${'1'.repeat(100_000)}`)).toBeUndefined();
  });
});

describe('a signature', () => {
  const signed = { secrets: ['s3cret'], maxLife: 1_000_000 };

  it('holds every character of what it signs, its own included', () => {
    const { codec } = values(signed);
    const value = codec.write(BACKEND);
    const alphabet = 'ABCXYZabcxyz0189-_~.';
    fc.assert(
      fc.property(fc.nat(value.length - 1), fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(value[at] !== character);
        expect(codec.read(value.slice(0, at) + character + value.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
    // The last character has two bits to spare: of four spellings of the same bytes one is right.
    const last = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
    expect(last.filter((character) => codec.read(value.slice(0, -1) + character) !== undefined)).toHaveLength(1);
  });

  it.each([
    ['none', { maxLife: 1_000_000 }],
    ['of an unknown secret', { ...signed, secrets: ['other'] }],
    ['of an old secret that has been dropped', { ...signed, secrets: ['older', 's3cret '] }],
    ['for another cookie', { ...signed, cookie: 'lb2' }],
  ])('is missed: %s', (_what, options) => {
    expect(values(signed).codec.read(values(options).codec.write(BACKEND))).toBeUndefined();
  });

  it('of any secret of the list is good, and due where it is not the first’s', () => {
    const rotated = values({ ...signed, secrets: ['new', 's3cret'] }).codec;
    expect(rotated.read(values(signed).codec.write(BACKEND))).toMatchObject({ due: true });
    expect(rotated.read(rotated.write(BACKEND))).toMatchObject({ due: false });
    expect(rotated.refreshes).toBe(true);
    expect(values(signed).codec.refreshes).toBe(false);
  });
});

describe('dates', () => {
  const at = (ms: number): string => (Date.UTC(2026, 0, 1) + ms).toString(36);

  it('end a value that was not seen for maxIdle, and make it due after a tenth of that', () => {
    const { clock, codec } = values({ maxIdle: 1000 });
    const value = codec.write(BACKEND);
    clock.advance(99);
    expect(codec.read(value)?.due).toBe(false);
    clock.advance(1);
    expect(codec.read(value)?.due).toBe(true);
    clock.advance(900);
    expect(codec.read(value)).toBeDefined();
    clock.advance(1);
    expect(codec.read(value)).toBeUndefined();
  });

  it('make it due in time for a browser that keeps it for less than that', () => {
    const { clock, codec } = values({ maxIdle: 1000, maxAge: 50 });
    const value = codec.write(BACKEND);
    clock.advance(4);
    expect(codec.read(value)?.due).toBe(false);
    clock.advance(1);
    expect(codec.read(value)?.due).toBe(true);
  });

  it('end a value maxLife after it was first written, whenever it was seen', () => {
    const { clock, codec } = values({ maxLife: 1000 });
    const born = codec.read(codec.write(BACKEND))?.dates?.born;
    clock.advance(1000);
    const value = codec.write(BACKEND, born);
    expect(codec.read(value)).toMatchObject({ due: false });
    clock.advance(1);
    expect(codec.read(value)).toBeUndefined();
  });

  it('from the future are made up, but for what clocks may differ by', () => {
    const { codec } = values({ maxIdle: 1000 });
    expect(codec.read(`${BACKEND}~${at(0)}~${at(60_000)}`)).toBeDefined();
    expect(codec.read(`${BACKEND}~${at(0)}~${at(60_001)}`)).toBeUndefined();
    expect(codec.read(`${BACKEND}~${at(60_001)}~${at(60_001)}`)).toBeUndefined();
    expect(codec.read(`${BACKEND}~zzzzzzzzzz~zzzzzzzzzz`)).toBeUndefined();
    expect(codec.read(`${BACKEND}~${at(1)}~${at(0)}`)).toBeUndefined();
  });

  it('are missed where they are asked for, and do no harm where they are not', () => {
    const [plain, dated] = [values().codec, values({ maxLife: 1000 }).codec];
    expect(dated.read(plain.write(BACKEND))).toBeUndefined();
    expect(plain.read(dated.write(BACKEND))).toMatchObject({ backend: BACKEND, due: false });
  });
});

it('backends have opaque names, the same everywhere', () => {
  expect(opaque('b')).toBe(opaque('b'));
  expect(opaque('b')).not.toBe(opaque('c'));
  expect(opaque('http://10.0.0.1:3000')).toMatch(/^[\w-]{16}$/);
});
