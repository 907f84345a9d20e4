import { FairleadError, type Problem } from 'fairlead';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engines } from '../lib/forward/engines/index.js';
import { probes } from '../lib/health/probes/index.js';
import { type LoadBalancerOptions, parseOptions } from '../lib/options.js';
import { tripRules } from '../lib/resilience/trip-rules/index.js';
import { affinities } from '../lib/sticky/index.js';
import { strategies } from '../lib/strategies/index.js';
import { fakeRequest, thrownBy } from './core/fakes.js';

const backends = ['http://10.0.0.1:3000'];
const parse = (options: unknown) => parseOptions(options as LoadBalancerOptions);

function problems(options: unknown): readonly Problem[] {
  const error = thrownBy(() => parse(options));
  expect(error.code).toBe('FAIRLEAD_OPTIONS');
  // What a human reads and what a program reads is the same list.
  for (const { path, rule } of error.problems) expect(error.message).toContain(`  ${path || 'options'}: ${rule} (`);
  expect(error.message.split('\n')).toHaveLength(error.problems.length + 1);
  return error.problems;
}

/** The one problem of an option with this value. */
function problem(name: string, value: unknown): Problem | undefined {
  const found = problems({ backends, [name]: value });
  expect(found).toHaveLength(1);
  return found[0];
}

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const list = (registry: object): string => Object.keys(registry).join(', ');

describe('defaults', () => {
  it('are those of the contract', () => {
    const config = parse({ backends });
    expect(config).toMatchObject({
      name: 'default',
      backends: [{ url: 'http://10.0.0.1:3000' }],
      retry: { attempts: 3, perTry: 0, budget: { ratio: 0.2, minPerSecond: 10, window: 10_000 } },
      replay: { maxBytes: 65_536 },
      timeouts: { connect: 5_000, headers: 60_000, idle: 100_000, total: 0, tunnel: 3_600_000 },
      forwarded: { xForwarded: true, standard: false, realIp: false, via: true },
      path: 'stripped',
      host: 'preserve',
      tls: {},
      onError: 'respond',
      strategy: { name: 'p2c' },
      slowStart: 0,
    });
    expect(config.zone).toBeUndefined();
    expect(config.sticky).toBeUndefined();
    expect(config.trustProxy).toBeUndefined();
    expect(config.logger).toBeUndefined();
    expect(config.requestId).toBeUndefined();
  });

  it('stand for undefined, at every level', () => {
    const plain = parse({ backends });
    const names = ['name', 'strategy', 'sticky', 'retry', 'timeouts', 'engine', 'trustProxy', 'tls', 'path', 'host'];
    names.push('replay', 'hedge', 'slowStart', 'zone', 'headers', 'requestId', 'forwarded', 'onError', 'logger');
    const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
    const deep = parse({
      ...nothing,
      backends,
      timeouts: { connect: undefined, headers: undefined, idle: undefined, total: undefined, tunnel: undefined },
      forwarded: { xForwarded: undefined, standard: undefined, realIp: undefined, via: undefined },
      retry: { attempts: undefined },
      headers: { request: undefined, response: { set: undefined, remove: undefined } },
      strategy: ['ip-hash', undefined],
    });
    for (const config of [deep, parse({ ...nothing, backends })]) {
      for (const name of ['timeouts', 'forwarded', 'retry', 'path', 'host', 'onError', 'name'] as const) {
        expect(config[name]).toEqual(plain[name]);
      }
    }
  });
});

describe('0 and false are values', () => {
  it('and not absent', () => {
    const timeouts = { connect: 0, headers: 0, idle: 0, total: 0, tunnel: 0 };
    const config = parse({
      backends: [],
      sticky: false,
      retry: false,
      timeouts,
      trustProxy: false,
      forwarded: { xForwarded: false, via: false },
      requestId: false,
    });
    expect(config).toMatchObject({
      backends: [],
      retry: { attempts: 1 },
      timeouts,
      forwarded: { xForwarded: false, via: false },
    });
    expect(config.trustProxy?.('127.0.0.1', 0)).toBe(false);
  });

  it.each([0, '0', '0s'])('a timeout of %j is no limit and not the default', (none) => {
    expect(parse({ backends, timeouts: { connect: none } }).timeouts.connect).toBe(0);
  });

  it('retry.attempts of 0 is one attempt', () => {
    expect(parse({ backends, retry: { attempts: 0 } }).retry.attempts).toBe(1);
  });
});

describe('good values', () => {
  it.each<[keyof LoadBalancerOptions, unknown]>([
    ['name', 'a-b_c.D9'],
    ['name', 'x'.repeat(64)],
    ['backends', []],
    ['backends', [new URL('http://a'), 'https://b', { url: 'http://c', id: 'c', weight: 2 }, 'unix:/run/d.sock']],
    ...Object.keys(strategies).map((name): [keyof LoadBalancerOptions, unknown] => ['strategy', name]),
    ['strategy', ['ip-hash', { ipv6Prefix: 56 }]],
    ['strategy', { pick: (candidates: unknown[]) => candidates[0] }],
    ['sticky', { by: 'cookie', secret: 'x', onLost: 'reject' }],
    ['sticky', { by: 'param', name: 'server' }],
    ['sticky', { by: 'learn', query: 'sid', onLost: () => 'redistribute' }],
    ['sticky', true],
    ['slowStart', 0],
    ['slowStart', '30s'],
    ['zone', 'eu-1'],
    ['backends', [{ url: 'http://a', backup: true, zone: 'eu-1', slowStart: '1m' }]],
    ['retry', {}],
    ['retry', { attempts: 100 }],
    ['timeouts', { connect: '5s', headers: '1m', idle: 1, total: '2h' }],
    ...Object.keys(engines).map((name): [keyof LoadBalancerOptions, unknown] => ['engine', name]),
    ['trustProxy', 'loopback, 10.0.0.0/8'],
    ['trustProxy', ['loopback']],
    ['trustProxy', 2],
    ['trustProxy', () => true],
    ['tls', { rejectUnauthorized: false, servername: 'a' }],
    ['path', 'original'],
    ['path', () => '/'],
    ['host', 'backend'],
    ['host', 'app.example:8080'],
    ['headers', { request: { set: { 'X-A': '1' }, remove: ['X-B'] } }],
    ['requestId', true],
    ['requestId', 'X-Correlation-Id'],
    ['forwarded', { realIp: true }],
    ['onError', 'next'],
    ['onError', () => {}],
    ['logger', logger],
    [
      'logger',
      new (class {
        debug() {}
        info() {}
        warn() {}
        error() {}
      })(),
    ],
  ])('%s may be %o', (name, value) => {
    expect(() => parse({ backends, [name]: value })).not.toThrow();
  });

  it('texts become milliseconds', () => {
    expect(parse({ backends, timeouts: { connect: '1s', total: '1m' } }).timeouts).toMatchObject({
      connect: 1000,
      total: 60_000,
    });
  });
});

describe('bad values', () => {
  const BAD_NAME = "1 to 64 letters, digits, '_', '.' or '-'";
  const FORMS = "addresses or subnets, 'loopback', 'linklocal' or 'uniquelocal', a number of hops, or a function";
  const ON_ERROR = "'respond', 'next' or a function";
  const LOGGER = 'an object with debug(), info(), warn() and error()';
  it.each([
    ['name', 7, 'a string'],
    ['name', null, 'a string'],
    ['name', '', BAD_NAME],
    ['name', 'a b', BAD_NAME],
    ['name', 'x'.repeat(65), BAD_NAME],
    ['backends', 'http://a', 'an array of URLs or of objects with a url'],
    ['backends', null, 'an array of URLs or of objects with a url'],
    ['strategy', null, `one of ${list(strategies)}`],
    ['strategy', 7, `one of ${list(strategies)}`],
    ['strategy', 'round-robbin', "there is no such strategy; did you mean 'round-robin'?"],
    ['strategy', 'xyzzy', `there is no such strategy; known are ${list(strategies)}`],
    ['sticky', null, `one of ${list(affinities)}`],
    ['sticky', 'cokie', "there is no such way to be sticky; did you mean 'cookie'?"],
    ['retry', true, 'false or an object with attempts, on, methods, perTry, budget, backoff'],
    ['retry', 3, 'false or an object with attempts, on, methods, perTry, budget, backoff'],
    ['retry', null, 'false or an object with attempts, on, methods, perTry, budget, backoff'],
    ['engine', 'http_proxi', "there is no such engine; did you mean 'http-proxy'?"],
    ['engine', null, `${list(engines)} or an Engine object`],
    ['engine', {}, `${list(engines)} or an Engine object`],
    ['trustProxy', null, FORMS],
    ['trustProxy', -1, FORMS],
    ['trustProxy', 'everyone', FORMS],
    ['trustProxy', true, `${FORMS}; not true, since then anyone could claim any address`],
    ['path', 'whole', "'stripped', 'original' or a function"],
    ['path', null, "'stripped', 'original' or a function"],
    ['host', 7, 'a string'],
    ['host', '', "'preserve', 'backend' or a host"],
    ['host', 'a b', "'preserve', 'backend' or a host"],
    ['host', 'a\r\nX: 1', "'preserve', 'backend' or a host"],
    ['onError', 'reply', ON_ERROR],
    ['onError', false, ON_ERROR],
    ['logger', false, LOGGER],
    ['logger', null, LOGGER],
    ['logger', { debug() {} }, LOGGER],
    ['logger', { ...logger, warn: 'yes' }, LOGGER],
  ])('%s may not be %o', (name, value, rule) => {
    expect(problem(name, value)).toEqual({ path: name, value, rule });
  });

  it.each(['timeouts', 'forwarded', 'headers', 'tls'])('%s is an object', (name) => {
    for (const value of [null, 7, 'x', true, []]) {
      expect(problem(name, value)).toMatchObject({
        path: name,
        value,
        rule: expect.stringMatching(/^an object with /),
      });
    }
  });

  it.each(['connect', 'headers', 'idle', 'total', 'tunnel'])('timeouts.%s is a duration', (name) => {
    for (const value of [-1, '-1s', 'soon', '', null, true, Number.NaN, Number.POSITIVE_INFINITY, {}]) {
      expect(problem('timeouts', { [name]: value })).toEqual({
        path: `timeouts.${name}`,
        value,
        rule: "a duration of at least 0 ms: a number of milliseconds, or a text as in '30s'",
      });
    }
  });

  it.each(['xForwarded', 'standard', 'realIp', 'via'])('forwarded.%s is a boolean', (name) => {
    for (const value of [0, 1, null, 'yes']) {
      expect(problem('forwarded', { [name]: value })).toEqual({
        path: `forwarded.${name}`,
        value,
        rule: 'true or false',
      });
    }
  });

  it.each([
    [-1, 'at least 0'],
    [101, 'at most 100'],
    [1.5, 'a whole number'],
    ['2', 'a whole number'],
    [null, 'a whole number'],
    [Number.NaN, 'a whole number'],
  ])('retry.attempts may not be %j', (value, rule) => {
    expect(problem('retry', { attempts: value })).toEqual({ path: 'retry.attempts', value, rule });
  });

  it.each([
    ['strategy', ['ip-hash', { ipv6Prefix: 0 }], 'strategy[1].ipv6Prefix', 0],
    ['strategy', ['round-robbin', {}], 'strategy[0]', 'round-robbin'],
    ['sticky', { by: 'cookie', maxAge: 5 }, 'sticky.maxAge', 5],
    ['sticky', { by: 'ip', ipv6Prefix: 129 }, 'sticky.ipv6Prefix', 129],
    ['sticky', { by: 'cokie' }, 'sticky.by', 'cokie'],
    ['tls', { rejectUnauthorized: 1 }, 'tls.rejectUnauthorized', 1],
    ['headers', { request: { remove: ['a b'] } }, 'headers.request.remove[0]', 'a b'],
    ['backends', ['http://a', { url: 'http://b', weight: 0 }], 'backends[1].weight', 0],
    ['backends', ['http://a', 'http://a'], 'backends[1]', 'http://a'],
  ])('%s of %j says where', (name, value, path, found) => {
    expect(problem(name, value)).toMatchObject({ path, value: found });
  });

  it.each([undefined, null, 7, 'http://a', [], () => {}])('the options may not be %o', (options) => {
    expect(problems(options)).toMatchObject([{ path: '', value: options, rule: expect.stringMatching(/^an object/) }]);
  });

  it('backends are required', () => {
    expect(problems({})).toEqual([
      { path: 'backends', value: undefined, rule: 'an array of URLs or of objects with a url' },
    ]);
  });
});

describe('names nobody knows', () => {
  it.each([
    ['stategy', 'strategy'],
    ['timeout', 'timeouts'],
    ['trust_proxy', 'trustProxy'],
    ['onerror', 'onError'],
    ['Backends', 'backends'],
  ])('%s: did you mean %s?', (name, meant) => {
    expect(problem(name, 1)).toEqual({
      path: name,
      value: 1,
      rule: `there is no such option; did you mean '${meant}'?`,
    });
  });

  it.each([
    ['timeouts', { conect: 1 }, 'timeouts.conect', 'connect'],
    ['forwarded', { realip: true }, 'forwarded.realip', 'realIp'],
    ['retry', { atempts: 1 }, 'retry.atempts', 'attempts'],
    ['sticky', { by: 'cookie', nam: 'x' }, 'sticky.nam', 'name'],
    ['strategy', ['ip-hash', { ipv6prefix: 64 }], 'strategy[1].ipv6prefix', 'ipv6Prefix'],
    ['headers', { request: { sets: {} } }, 'headers.request.sets', 'set'],
    ['tls', { servrname: 'x' }, 'tls.servrname', 'servername'],
    ['backends', [{ url: 'http://a', wieght: 1 }], 'backends[0].wieght', 'weight'],
  ])('%s %j: %s, did you mean %s?', (name, value, path, meant) => {
    expect(problem(name, value)).toMatchObject({ path, rule: `there is no such option; did you mean '${meant}'?` });
  });

  it('with nothing near are told what there is', () => {
    expect(problem('xyzzy', 1)?.rule).toMatch(/^there is no such option; known are name, backends, strategy, /);
  });
});

it.each([
  ['secret', { by: 'cookie', secret: ['hunter2', 7] }],
  ['secert', { by: 'cookie', secert: 'hunter2' }],
  ['secret', { by: 'ip', secret: 'hunter2' }],
  ['secret', { by: { secret: 'hunter2' } }],
  ['secret', { by: 'cookie', options: [{ secret: 'hunter2' }] }],
  ['secret', { by: 'cookie', secret: Buffer.from('hunter2') }],
])('a %s is in no error: %#', (_name, sticky) => {
  const thrown = thrownBy(() => parse({ backends, sticky }));
  expect(thrown.problems).toHaveLength(1);
  expect(`${thrown.message} ${JSON.stringify(thrown.problems)}`).not.toMatch(/hunter2/);
});

it('a secret is in no error about what is around it', () => {
  const thrown = thrownBy(() => parse({ backends, sticky: { by: 'learn', secret: 'hunter2' } }));
  expect(thrown.problems).toHaveLength(2);
  expect(`${thrown.message} ${JSON.stringify(thrown.problems)}`).not.toMatch(/hunter2/);
});

describe('all at once', () => {
  it('every problem is told, in the order of the options, unknown names last', () => {
    const found = problems({
      xyzzy: 1,
      logger: 5,
      name: '',
      backends: ['nope', { url: 'http://a', weight: -1, colour: 'red' }],
      strategy: 'round-robbin',
      sticky: { by: 'cookie', maxAge: 1 },
      retry: { attempts: -1 },
      timeouts: { connect: -1, idle: 'soon' },
      engine: 'curl',
      trustProxy: true,
      forwarded: { via: 1 },
      onError: 5,
      health: { path: 'x', interval: 0, rise: 0 },
      breaker: { trip: 'consecutive', failures: 0, window: 5 },
      panicThreshold: 2,
    });
    expect(found.map(({ path }) => path)).toEqual([
      'name',
      'backends[0]',
      'backends[1].weight',
      'backends[1].colour',
      'strategy',
      'sticky.maxAge',
      'health.interval',
      'health.rise',
      'health.path',
      'breaker.failures',
      'breaker.window',
      'panicThreshold',
      'retry.attempts',
      'timeouts.connect',
      'timeouts.idle',
      'engine',
      'trustProxy',
      'forwarded.via',
      'onError',
      'logger',
      'xyzzy',
    ]);
  });

  it('whatever is given, it is taken or refused with problems, and never anything else', () => {
    const names = Object.keys({
      ...{ name: 0, backends: 0, strategy: 0, sticky: 0, retry: 0, timeouts: 0, engine: 0, trustProxy: 0, tls: 0 },
      ...{ path: 0, host: 0, headers: 0, requestId: 0, forwarded: 0, onError: 0, logger: 0, health: 0, breaker: 0 },
    });
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), (options) => {
        try {
          parse({ backends, ...options });
        } catch {
          expect(problems({ backends, ...options }).length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe('the config', () => {
  it('cannot be changed', () => {
    const config = parse({ backends });
    for (const part of [config, config.timeouts, config.forwarded]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('does not change with the options it was made from', () => {
    const timeouts = { connect: 1 };
    const given: unknown[] = ['http://a'];
    const config = parse({ backends: given, timeouts });
    timeouts.connect = 2;
    given.push('http://b');
    expect(config.timeouts.connect).toBe(1);
    expect(config.backends).toHaveLength(1);
  });

  it('leaves the options as they were', () => {
    const options = { backends: [{ url: 'http://a', metadata: { rack: 1 } }], timeouts: { connect: '1s' } };
    const before = structuredClone(options);
    parse(options);
    expect(options).toEqual(before);
  });
});

it.each([
  ['strategy', ['consistent-hash', { loadFactor: '1.25' }], 'a number'],
  ['strategy', ['consistent-hash', { replicas: 0 }], 'at least 1'],
  ['strategy', ['maglev', { tableSize: 'large' }], 'a number'],
  ['strategy', ['adaptive', { weights: { load: -1 } }], 'at least 0'],
  ['strategy', ['p2c', { choices: 1 }], 'at least 2'],
  ['strategy', ['ip-hash', { ipv6Prefix: 129 }], 'at most 128'],
  ['sticky', { by: 'cookie', secret: '' }, 'not empty'],
])('%s %j is refused in our own words', (name, value, rule) => {
  expect(problem(name, value)?.rule).toBe(rule);
});

it('a request in place of options is told by what was meant', () => {
  expect(() => parse(fakeRequest({}))).toThrow(/is none: app\.use\(loadBalancer\(/);
});

describe('rules', () => {
  const NOBODY = 'zzzzzzzzzzzzzzzzzzzz';
  const wrong = [null, -1, 1.5, 1e9, '', 'x y', true, [], [1], [''], {}, () => undefined];
  type At = (inner: object) => object;

  function refusals(options: object): readonly Problem[] {
    try {
      parse({ backends, ...options });
    } catch (thrown) {
      return thrown instanceof FairleadError ? thrown.problems : [];
    }
    return [];
  }

  /** Every option below, with everything that it may not be. */
  function mistakes(at: At, depth: number): object[] {
    const unknown = refusals(at({ [NOBODY]: 1 })).find(({ path }) => path.endsWith(NOBODY));
    const names = /known are (.*)$/.exec(unknown?.rule ?? '')?.[1]?.split(', ') ?? [];
    return names.flatMap((name) => [
      ...wrong.map((value) => at({ [name]: value })),
      ...(depth > 0 ? mistakes((inner) => at({ [name]: inner }), depth - 1) : []),
    ]);
  }

  it('are in our own words, whatever is wrong', () => {
    const places: At[] = [
      (inner) => inner,
      (inner) => ({ backends: [{ url: 'http://a', ...inner }] }),
      ...Object.keys(affinities).map(
        (by): At =>
          (inner) => ({ sticky: { by, ...inner } }),
      ),
      ...Object.keys(probes).map(
        (type): At =>
          (inner) => ({ health: { type, ...inner } }),
      ),
      ...Object.keys(tripRules).map(
        (trip): At =>
          (inner) => ({ breaker: { trip, ...inner } }),
      ),
      ...Object.keys(strategies).map(
        (name): At =>
          (inner) => ({ strategy: [name, inner] }),
      ),
    ];
    const all = places.flatMap((at) => mistakes(at, 3));
    expect(all.length).toBeGreaterThan(2_000);
    const said = all.flatMap((options) => refusals(options).map(({ path, rule }) => `${path}: ${rule}`));
    expect([...new Set(said.filter((line) => /Invalid|expected|Too (big|small)|Unrecognized/.test(line)))]).toEqual([]);
  });
});
