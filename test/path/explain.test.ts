import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Affinity } from '../../lib/core/affinity.js';
import type { BackendInput, BackendRecord } from '../../lib/core/backend.js';
import { backendRecord } from '../../lib/core/backend.js';
import { FairleadError } from '../../lib/core/errors.js';
import { Pool } from '../../lib/core/pool.js';
import type { PickContext, Strategy } from '../../lib/core/strategy.js';
import { explain, type RequestLike } from '../../lib/path/explain.js';
import { cookieSticky } from '../../lib/sticky/cookie.js';
import { ipSticky } from '../../lib/sticky/ip.js';
import { learnSticky } from '../../lib/sticky/learn.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { affinityEnvironment, fakeExchange, fakeRequest, pinnedBy } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

interface House {
  readonly strategy?: Strategy;
  readonly affinity?: Affinity;
  readonly zone?: string;
  readonly slowStart?: number;
  readonly clock?: FakeClock;
}

/** The first one, and it can say so. */
const first: Strategy = {
  pick: (candidates) => candidates[0] as BackendRecord,
  peek: (candidates) => candidates[0] as BackendRecord,
  score: (backend) => backend.active,
};

function house(inputs: readonly Omit<BackendInput, 'url'>[], options: House = {}) {
  const { strategy = first, affinity, clock = new FakeClock(), ...rest } = options;
  const members = inputs.map((input, i) =>
    backendRecord({ url: `http://10.0.0.${i + 1}`, id: String.fromCharCode(97 + i), ...input }),
  );
  const pool = new Pool(members, { clock, ...rest });
  const of = (id: string): BackendRecord => pool.find(id) ?? backendRecord({ url: 'http://nobody' });
  const stages = { pool, affinity, onLost: 'redistribute' as const, strategy, spare: strategy };
  const ask = (request: RequestLike = fakeRequest(), refusal?: FairleadError) =>
    explain(stages, request, undefined, refusal);
  return { pool, of, ask, stages };
}

describe('an explanation', () => {
  it('says who would get it, with the score of each candidate and why the others are out', () => {
    const inputs = [{ zone: 'us' }, { zone: 'eu' }, { zone: 'eu' }, { zone: 'eu' }, { backup: true }];
    const { pool, of, ask } = house(inputs, { zone: 'eu' });
    pool.setState(of('b'), 'drain');
    of('c').active = 3;
    expect(ask()).toEqual({
      client: '203.0.113.7',
      chosen: 'c',
      backends: [
        { id: 'a', available: true, reason: 'zone' },
        { id: 'b', available: false, reason: 'drain' },
        { id: 'c', available: true, score: 3 },
        { id: 'd', available: true, score: 0 },
        { id: 'e', available: true, reason: 'tier' },
      ],
    });
  });

  it('is plain data', () => {
    const { ask } = house([{}, {}]);
    expect(JSON.parse(JSON.stringify(ask()))).toEqual(ask());
  });

  it('says why nobody would', () => {
    const { pool, of, ask } = house([{}]);
    pool.setState(of('a'), 'drain');
    const { error, chosen } = ask();
    expect([error, chosen]).toEqual([{ code: 'FAIRLEAD_NO_BACKEND', message: 'no backend is available' }, undefined]);
    expect(house([]).ask()).toMatchObject({ error: { code: 'FAIRLEAD_NO_BACKEND' }, backends: [] });
  });

  it('of a balancer that is closing says that', () => {
    const refusal = new FairleadError('FAIRLEAD_CLOSING', 'the load balancer is closing');
    const { note, ...rest } = house([{}], { strategy: { pick: first.pick } }).ask(fakeRequest(), refusal);
    expect(rest).toMatchObject({ error: { code: 'FAIRLEAD_CLOSING' }, backends: [{ id: 'a', available: true }] });
    expect(note).toBeUndefined();
  });

  it('names no one when only a pick could tell, and says so', () => {
    const { ask } = house([{}, {}], { strategy: { pick: first.pick } });
    expect(ask()).toEqual({
      client: '203.0.113.7',
      note: expect.stringContaining('peek()'),
      backends: [
        { id: 'a', available: true },
        { id: 'b', available: true },
      ],
    });
  });

  it.each<[string, Partial<Strategy>, object]>([
    [
      'peek',
      {
        peek: () => {
          throw new Error('boom');
        },
      },
      { error: { code: 'FAIRLEAD_ENGINE', message: 'the strategy threw: boom' } },
    ],
    [
      'score',
      {
        score: () => {
          throw new Error('bang');
        },
      },
      { chosen: 'a', note: "the strategy's score() threw: bang" },
    ],
  ])('tells of a %s that throws', (_name, part, expected) => {
    expect(house([{}], { strategy: { ...first, ...part } }).ask()).toMatchObject(expected);
  });

  it('tells of a peek that chooses a stranger', () => {
    const strategy = { ...first, peek: () => backendRecord({ url: 'http://stranger', id: 'a' }) };
    const { error } = house([{}], { strategy }).ask();
    expect(error).toEqual({ code: 'FAIRLEAD_ENGINE', message: 'the strategy chose none of its candidates' });
  });

  it('tells of a trustProxy that throws', () => {
    const { stages } = house([{}]);
    const trust = (): boolean => {
      throw new Error('no list');
    };
    expect(explain(stages, fakeRequest(), trust, undefined)).toEqual({
      client: '',
      error: { code: 'FAIRLEAD_ENGINE', message: 'the load balancer threw: no list' },
      backends: [{ id: 'a', available: true }],
    });
  });

  it('gives the strategy what a pick would get', () => {
    const seen: PickContext[] = [];
    const peek: Strategy['peek'] = (candidates, context) => {
      seen.push(context);
      return candidates[0] as BackendRecord;
    };
    const request = fakeRequest({ url: '/a?b=1' });
    house([{}], { strategy: { ...first, peek } }).ask(request);
    expect(seen).toEqual([{ key: '203.0.113.7', attempt: 0, request }]);
  });
});

describe('a pin', () => {
  const affinity = cookieSticky.create({}, affinityEnvironment());

  /** The Cookie header of a client that is pinned to this backend. */
  function pinnedTo(pool: Pool, backend: BackendRecord): RequestLike {
    affinity.find(fakeExchange(), pool);
    const [, line = ''] = pinnedBy(affinity, fakeExchange(), backend);
    return { headers: { cookie: line.split(';')[0] } };
  }

  it('is followed, also where its backend takes no new clients', () => {
    const { pool, of, ask } = house([{}, {}, { backup: true }], { affinity });
    pool.setState(of('b'), 'drain');
    expect(ask(pinnedTo(pool, of('b')))).toMatchObject({
      pinned: 'b',
      chosen: 'b',
      backends: [{ id: 'a', score: 0 }, { id: 'b', available: false, reason: 'drain' }, { reason: 'tier' }],
    });
    expect(ask(pinnedTo(pool, of('c')))).toMatchObject({ pinned: 'c', chosen: 'c' });
  });

  it('is followed where the strategy has no peek, and where it would throw', () => {
    const throws = (): never => {
      throw new Error('never asked');
    };
    const { pool, of, ask } = house([{}, {}], { affinity, strategy: { pick: throws, peek: throws } });
    const explanation = ask(pinnedTo(pool, of('b')));
    expect(explanation).toMatchObject({ pinned: 'b', chosen: 'b' });
    expect(explanation.error).toBeUndefined();
  });

  it('in a store that cannot be looked into is not told, and that is', () => {
    const store = { get: async () => 'b', set: () => {}, delete: () => {} };
    const learned = learnSticky.create({ cookie: 'sid', store }, affinityEnvironment());
    const explanation = house([{}, {}], { affinity: learned }).ask({ headers: { cookie: 'sid=1' } });
    expect(explanation).toMatchObject({ chosen: 'a', note: expect.stringMatching(/store/) });
    expect('pinned' in explanation).toBe(false);
  });

  it('that is lost is an error where it is to be', () => {
    const { pool, of, stages } = house([{}, {}], { affinity });
    const request = pinnedTo(pool, of('b'));
    // No state refuses a pinned client yet; one that has been tried does.
    pool.acceptsPinned = () => false;
    const explanation = explain({ ...stages, onLost: 'reject' }, request, undefined, undefined);
    expect(explanation).toMatchObject({ pinned: 'b', error: { code: 'FAIRLEAD_STICKY_LOST' } });
    expect(explain(stages, request, undefined, undefined)).toMatchObject({ pinned: 'b', chosen: 'a' });
  });

  it('is absent without a cookie, and by address is always there', () => {
    expect('pinned' in house([{}], { affinity }).ask()).toBe(false);
    const { ask } = house([{}], { affinity: ipSticky.create({}, affinityEnvironment()) });
    expect(ask()).toMatchObject({ pinned: 'a', chosen: 'a' });
  });
});

describe('what is known of a request', () => {
  it.each<[string, RequestLike, string]>([
    ['nothing', {}, ''],
    ['headers', { headers: { cookie: 'a=b' } }, ''],
    ['an address', { socket: { remoteAddress: '::ffff:10.1.2.3' } }, '10.1.2.3'],
    ['undefined, all of it', { method: undefined, url: undefined, headers: undefined, socket: undefined }, ''],
    ['a request of another make', { headers: {}, socket: { remoteAddress: '10.1.2.3' } }, '10.1.2.3'],
  ])('may be %s', (_name, request, client) => {
    const { ask } = house([{}], { affinity: cookieSticky.create({}, affinityEnvironment()) });
    expect(ask(request)).toMatchObject({ client, chosen: 'a' });
  });

  it('is filled up for a strategy of one’s own', () => {
    let seen: IncomingMessage | undefined;
    const peek: Strategy['peek'] = (candidates, { request }) => {
      seen = request;
      return candidates[0] as BackendRecord;
    };
    const { ask } = house([{}], { strategy: { ...first, peek } });
    ask({ url: '/cart', headers: { host: 'shop' } });
    expect(seen).toMatchObject({ method: 'GET', url: '/cart', headers: { host: 'shop' } });
    expect(seen?.socket.remoteAddress).toBeUndefined();
  });
});

describe.each(Object.keys(strategies) as StrategyName[])('%s', (name) => {
  const inputs = [{ weight: 3 }, {}, { weight: 2 }, { zone: 'us' }, { backup: true }, {}];

  /** 60 picks while weights grow, states change and requests come and go, with explanations before each of them or none. */
  function sequence(explained: boolean): string[] {
    const clock = new FakeClock();
    const strategy = createStrategy(name, { clock, random: seededRandom(7) });
    const { pool, of, ask } = house(inputs, { strategy, clock, slowStart: 100 });
    const busy: BackendRecord[] = [];
    return Array.from({ length: 60 }, (_, i) => {
      if (i === 10) pool.setState(of('a'), 'drain');
      if (i === 20) pool.setState(of('a'), 'ready');
      if (i === 40) pool.setWeight(of('b'), 5);
      const request = fakeRequest({ url: `/${i}`, remoteAddress: `10.0.0.${i}` });
      // A thousand now and then, also right behind every change.
      const explanations = i % 10 === 0 ? 1000 : 8;
      for (let part = 1; part <= 8; part++) {
        clock.advance(0.625);
        for (let asked = 0; explained && asked < explanations / 8; asked++) ask(request);
      }
      const candidates = pool.available();
      const backend = pool.find(strategy.pick(candidates, { key: `10.0.0.${i}`, attempt: 0, request }).id) ?? of('a');
      backend.active++;
      strategy.onAcquire?.(backend);
      busy.push(backend);
      const done = busy.length > 7 ? busy.splice(i % 5, 1)[0] : undefined;
      if (done !== undefined) {
        done.active--;
        strategy.onRelease?.(done, {
          kind: 'answered',
          status: 200,
          responseTime: 5 + (i % 9),
          duration: 20,
          bytesIn: 0,
          bytesOut: 0,
        });
      }
      return backend.id;
    });
  }

  it('picks the same whether it is asked for an explanation a thousand times between two picks or never', () => {
    const undisturbed = sequence(false);
    expect(sequence(true)).toEqual(undisturbed);
    expect(new Set(undisturbed).size).toBeGreaterThan(1);
  }, 60_000);

  it('names a candidate, or says why it cannot, before any request came', () => {
    const strategy = createStrategy(name, { clock: new FakeClock(), random: seededRandom() });
    const { ask } = house(inputs, { strategy, zone: 'us' });
    const { chosen, note, error } = ask();
    expect(error).toBeUndefined();
    expect(strategy.peek === undefined ? note : chosen).toMatch(strategy.peek === undefined ? /peek/ : /^d$/);
  });
});
