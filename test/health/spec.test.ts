import { describe, expect, it } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import { type LoadBalancerOptions, parseOptions } from '../../lib/options.js';
import { thrownBy } from '../core/fakes.js';

const parse = (health: unknown) => parseOptions({ backends: [], health } as LoadBalancerOptions).health;
const problems = (health: unknown) =>
  thrownBy(() => parse(health)).problems.map(({ path, rule }) => `${path}: ${rule}`);
const timing = (health: unknown) => {
  const config = parse(health);
  return config === false ? undefined : config.timing;
};

describe('the option health', () => {
  it('is off by default, and has defaults of its own', () => {
    expect([parse(undefined), parse(false)]).toEqual([false, false]);
    const defaults = {
      ...{ interval: 10_000, timeout: 5_000, rise: 2, fall: 3, jitter: 0.1, fastInterval: 2_000, downInterval: 10_000 },
      startup: { interval: 2_000, timeout: 5_000, fall: 3, assume: 'up' },
    };
    expect(timing(true)).toEqual(defaults);
    for (const spec of ['/h', async () => true, { type: 'tcp' }, { type: 'deep' }, {}])
      expect(timing(spec)).toEqual(defaults);
    expect(parse(true)).toMatchObject({ steer: false });
  });

  it('derives what is left out from what is given', () => {
    expect(timing({ interval: '1s', fall: 5 })).toMatchObject({
      timeout: 1_000,
      fastInterval: 200,
      downInterval: 1_000,
    });
    expect(timing({ interval: '1s', fall: 5 })?.startup).toEqual({
      interval: 200,
      timeout: 1_000,
      fall: 5,
      assume: 'up',
    });
    // A check that takes longer than the interval is waited for: no contradiction.
    expect(timing({ interval: 50, timeout: 200 })).toMatchObject({ interval: 50, timeout: 200 });
  });

  it('tells every problem at once, contradictions included', () => {
    expect(
      problems({
        interval: 0,
        rise: 0,
        fall: 1.5,
        jitter: 2,
        path: 'x',
        expect: { status: 'ok' },
        startup: { assume: 1 },
      }),
    ).toEqual([
      expect.stringContaining('health.interval: a duration of at least 1 ms'),
      'health.rise: at least 1',
      'health.fall: a whole number',
      'health.jitter: at most 1',
      "health.startup.assume: 'up' or 'down'",
      expect.stringContaining('health.path: a path that begins with'),
      expect.stringContaining('health.expect.status: a status, or'),
    ]);
    expect(problems({ interval: '1s', fastInterval: '2s', downInterval: 500 })).toEqual([
      'health.fastInterval: not above interval',
      'health.downInterval: not below interval',
    ]);
  });

  it('takes the options of its kind of check, and no others', () => {
    expect(problems({ type: 'tcp', path: '/x' })).toEqual([
      expect.stringContaining('health.path: there is no such option'),
    ]);
    expect(problems({ type: 'deep', expect: {} })).toEqual([
      expect.stringContaining('health.expect: there is no such'),
    ]);
    expect(problems({ type: 'htpp' })).toEqual(["health.type: there is no such kind of check; did you mean 'http'?"]);
    expect(problems({ type: 5 })).toEqual(['health.type: one of http, tcp, deep, or a function']);
  });

  it.each([5, null, [], 'health'])('is not %j', (value) => {
    expect(problems(value)).toHaveLength(1);
  });
});

describe('a check of one’s own', () => {
  const check = (custom: (...args: never[]) => unknown) => {
    const config = parse({ type: custom });
    if (config === false) throw new Error('no checks');
    return config.checkOf(backendRecord({ url: 'http://a', id: 'a' }), {})(new AbortController().signal);
  };

  it.each([
    [undefined, true],
    [true, true],
    [false, false],
    [{ ok: true, report: { a: 1 } }, true],
    [{ ok: false, error: 'no' }, false],
    ['yes', false],
    [null, false],
    [{ status: 200 }, false],
  ])('that returns %j: %s', async (returned, ok) => {
    expect(await check(() => returned)).toMatchObject({ ok });
    expect(await check(async () => returned)).toMatchObject({ ok });
  });

  it('is told of the backend, and fails by throwing', async () => {
    const throws = ({ id }: { id: string }) => {
      throw new Error(`not ${id}`);
    };
    await expect(check(throws as never)).rejects.toThrow('not a');
  });
});
