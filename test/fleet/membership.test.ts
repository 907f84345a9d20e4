import { channel } from 'node:diagnostics_channel';
import { type BackendInput, FairleadError, type LoadBalancer, type LoadBalancerOptions } from 'fairlead';
import { describe, expect, it, onTestFinished } from 'vitest';
import { balance } from '../support/balance.js';

const url = (i: number): string => `http://10.0.0.${i}:3000`;
const a = { id: 'a', url: url(1) };
const b = { id: 'b', url: url(2) };
const c = { id: 'c', url: url(3) };

function house(options: Partial<LoadBalancerOptions> = {}) {
  const lb = balance({ backends: [a, b], ...options });
  const events: string[] = [];
  lb.on('backend:added', ({ backend, url }) => events.push(`added ${backend} ${url}`));
  lb.on('backend:removed', ({ backend, url }) => events.push(`removed ${backend} ${url}`));
  lb.on('backend:state', ({ backend, from, to }) => events.push(`${backend}: ${from} -> ${to}`));
  return { lb, events };
}

const ids = (lb: LoadBalancer): string[] => lb.backends.map(({ id }) => id);

function problemsOf(act: () => void): string[] {
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof FairleadError)) throw thrown;
    expect(thrown.code).toBe('FAIRLEAD_OPTIONS');
    return thrown.problems.map(({ path, rule }) => `${path}: ${rule}`);
  }
  throw new Error('nothing was thrown');
}

describe('lb.add()', () => {
  it('puts a backend behind the others, at once', () => {
    const { lb, events } = house();
    const before = lb.backends;
    lb.add(c);
    lb.add('http://10.0.0.4:3000');
    expect(ids(lb)).toEqual(['a', 'b', 'c', expect.any(String)]);
    expect(lb.backends.slice(0, 2)).toEqual(before);
    expect(lb.backends[0]).toBe(before[0]);
    expect(lb.backends).toBe(lb.backends);
    expect(lb.stats().backends.map(({ available }) => available)).toEqual([true, true, true, true]);
    expect(events[0]).toBe(`added c ${url(3)}`);
    expect(events).toHaveLength(2);
  });

  it('to nobody makes a balancer that had none take requests', () => {
    const { lb } = house({ backends: [], strategy: 'first' });
    expect(lb.explain({}).error?.code).toBe('FAIRLEAD_NO_BACKEND');
    lb.add(a);
    expect(lb.explain({}).chosen).toBe('a');
  });

  it('is heard of on the diagnostics channel too', () => {
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    channel('fairlead:backend:added').subscribe(listener);
    onTestFinished(() => {
      channel('fairlead:backend:added').unsubscribe(listener);
    });
    house().lb.add(c);
    expect(heard).toEqual([{ balancer: 'default', backend: 'c', url: url(3) }]);
  });

  it.each([
    ['an id that is there', { ...c, id: 'a' }, /^id: an id that no backend has/],
    ['the URL of one without an id of its own', url(1), /^id: an id that no backend has/],
    ['a weight that is none', { ...c, weight: -1 }, /^weight: above 0$/],
    ['a misspelt member', { ...c, wieght: 1 }, /^wieght: .*did you mean 'weight'/],
    ['nothing', undefined, /^: an object with url/],
    ['a list', [c], /an object with url/],
    ['a URL that is none', 'ten', /a URL as in/],
  ])('of %s is refused, and changes nothing', (_what, input, rule) => {
    const { lb, events } = house({ backends: [a, b, url(1)] });
    const before = lb.backends;
    expect(problemsOf(() => lb.add(input as BackendInput)).join('\n')).toMatch(rule);
    expect(lb.backends).toBe(before);
    expect(events).toEqual([]);
  });

  it('of one with another id and the same address is one more', () => {
    const { lb } = house();
    lb.add({ id: 'a2', url: url(1) });
    expect(ids(lb)).toEqual(['a', 'b', 'a2']);
  });
});

describe('lb.remove()', () => {
  it('of an idle backend is over at once', async () => {
    const { lb, events } = house();
    const [view] = lb.backends;
    const removed = lb.remove('a');
    expect(ids(lb)).toEqual(['b']);
    const nothing = { ended: 0, cut: 0 };
    expect(await removed).toEqual({ requests: nothing, streams: nothing, upgrades: nothing });
    expect(events).toEqual(['a: ready -> drain', `removed a ${url(1)}`]);
    expect(view?.id).toBe('a');
    expect(() => lb.setState('a', 'ready')).toThrow(/no such backend/);
    lb.add(a);
    expect(ids(lb)).toEqual(['b', 'a']);
  });

  it('where clients are pinned takes until the deadline, unless it is added again', async () => {
    const { lb, events } = house({ sticky: true });
    const removed = lb.remove('a', { timeout: '1h' });
    expect(ids(lb)).toEqual(['a', 'b']);
    expect(lb.backends[0]?.state).toBe('drain');
    lb.add({ ...a, weight: 2 });
    expect(await removed).toMatchObject({ calledOff: true });
    expect(lb.backends.map(({ id, state, weight }) => [id, state, weight])).toEqual([
      ['b', 'ready', 1],
      ['a', 'ready', 2],
    ]);
    expect(events).toEqual(['a: ready -> drain', 'a: drain -> ready']);
  });

  it('is called off by `ready`', async () => {
    const { lb } = house({ sticky: true });
    const removed = lb.remove('a', { timeout: '1h' });
    lb.setState('a', 'ready');
    expect(await removed).toMatchObject({ calledOff: true });
    expect(ids(lb)).toEqual(['a', 'b']);
  });

  it('and an id that is given to another address: the old one leaves at once', async () => {
    const { lb, events } = house({ sticky: true });
    const removed = lb.remove('a', { timeout: '1h' });
    lb.add({ id: 'a', url: url(9) });
    expect(lb.backends.map(({ id, state, url }) => [id, state, url.host])).toEqual([
      ['b', 'ready', '10.0.0.2:3000'],
      ['a', 'ready', '10.0.0.9:3000'],
    ]);
    expect(await removed).not.toHaveProperty('calledOff');
    expect(events).toEqual(['a: ready -> drain', `removed a ${url(1)}`, `added a ${url(9)}`]);
  });

  it('of one in maintenance is over at once, whoever is pinned', async () => {
    const { lb } = house({ sticky: true });
    lb.setState('a', 'maintenance');
    await lb.remove('a');
    expect(ids(lb)).toEqual(['b']);
  });

  it('twice is once', async () => {
    const { lb, events } = house({ sticky: true });
    const [first, second] = [lb.remove('a', { timeout: '1h' }), lb.remove('a', { timeout: 0 })];
    expect(await first).toBe(await second);
    expect(events.filter((event) => event.startsWith('removed'))).toHaveLength(1);
  });

  it('asked for once more by who hears of it remembers what the backend was', async () => {
    const { lb } = house({ sticky: true });
    lb.once('backend:state', () => void lb.remove('a', { timeout: '1h' }));
    const removed = lb.remove('a', { timeout: '1h' });
    lb.add(a);
    expect(await removed).toMatchObject({ calledOff: true });
    expect(lb.backends.find(({ id }) => id === 'a')?.state).toBe('ready');
  });
});

describe('lb.drain()', () => {
  it('of an idle backend is over at once, and it stays what it is', async () => {
    const { lb } = house();
    await lb.drain('a');
    await lb.drain('a', { timeout: '1h', upgrades: 'close' });
    expect(lb.backends[0]?.state).toBe('drain');
    lb.setState('a', 'ready');
    expect(lb.stats().backends[0]?.available).toBe(true);
  });

  it('with pins takes until the deadline, which the next can bring forward', async () => {
    const { lb } = house({ sticky: { by: 'header', name: 'X-To' } });
    const pinned = (): string | undefined => lb.explain({ headers: { 'x-to': 'a' } }).pinned;
    const first = lb.drain('a', { timeout: '1h' });
    expect(pinned()).toBe('a');
    // Who has nothing to say leaves the deadline as it is.
    const second = lb.drain('a');
    const third = lb.drain('a', { timeout: 1 });
    expect(await first).toBe(await second);
    expect(await first).toBe(await third);
    expect(lb.backends[0]?.state).toBe('drain');
    expect(pinned()).toBeUndefined();
    lb.setState('a', 'ready');
    expect(pinned()).toBe('a');
  });

  it('ends in a removal where one is asked for meanwhile, and goes on where that is taken back', async () => {
    const { lb } = house({ sticky: true });
    const drained = lb.drain('a', { timeout: '1h' });
    const removed = lb.remove('a');
    lb.add(a);
    expect(lb.backends.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'ready'],
      ['a', 'drain'],
    ]);
    void lb.remove('a', { timeout: 0 });
    expect(await drained).toBe(await removed);
    expect(ids(lb)).toEqual(['b']);
  });

  it('is over when the balancer closes', async () => {
    const { lb } = house({ sticky: true });
    const [drained, removed] = [lb.drain('a', { timeout: '1h' }), lb.remove('b', { timeout: '1h' })];
    await lb.close();
    await Promise.all([drained, removed]);
    expect(ids(lb)).toEqual(['a']);
  });

  it.each([
    ['an unknown id', 'A', {}, /'A': there is no such backend; did you mean 'a'\?/],
    ['a negative timeout', 'a', { timeout: -1 }, /timeout: a duration of at least 0 ms/],
    ['a timeout that is none', 'a', { timeout: 'soon' }, /timeout: a duration/],
    ['another word', 'a', { upgrades: 'cut' }, /upgrades: 'wait' or 'close'/],
    ['a misspelt option', 'a', { timout: 5 }, /timout: .*did you mean 'timeout'/],
    ['options that are none', 'a', 5, /an object with timeout, upgrades/],
    ['null', 'a', null, /an object with timeout, upgrades/],
  ])('and remove() reject for %s', async (_what, id, options, message) => {
    const { lb, events } = house();
    const code = 'FAIRLEAD_OPTIONS';
    for (const act of [lb.drain, lb.remove]) {
      const error: unknown = await act(id, options as object).catch((thrown) => thrown);
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    }
    expect(events).toEqual([]);
  });
});

describe('lb.update()', () => {
  it('adds, removes and changes by id, in the order given', () => {
    const { lb, events } = house({ backends: [a, b, { ...c, metadata: { rack: 1 } }] });
    const [, viewB] = lb.backends;
    lb.setState('b', 'maintenance');
    events.length = 0;
    const d = { id: 'd', url: url(4), weight: 3 };
    lb.update([d, { ...b, weight: 5, priority: 1, zone: 'eu', metadata: { rack: 2 } }]);
    expect(ids(lb)).toEqual(['d', 'b']);
    expect(lb.backends[1]).toBe(viewB);
    expect(viewB).toMatchObject({ weight: 5, priority: 1, zone: 'eu', metadata: { rack: 2 }, state: 'maintenance' });
    expect(events).toEqual([
      `added d ${url(4)}`,
      'a: ready -> drain',
      `removed a ${url(1)}`,
      'c: ready -> drain',
      `removed c ${url(3)}`,
    ]);
  });

  it('that changes nothing changes nothing: no event, no new list', () => {
    const backends = [{ ...a, metadata: { tags: ['x'] }, zone: 'eu', slowStart: '3s' }, b];
    const candidates = new Set<unknown>();
    const pick = (list: readonly unknown[]): never => {
      candidates.add(list);
      return list[0] as never;
    };
    const { lb, events } = house({ backends, strategy: { pick, peek: pick } });
    const before = lb.backends;
    lb.explain({});
    lb.update(structuredClone(backends));
    lb.explain({});
    expect(lb.backends).toBe(before);
    expect(candidates.size).toBe(1);
    expect(events).toEqual([]);
  });

  it('leaves what an operator has set, until something else is declared', () => {
    const { lb } = house();
    lb.setWeight('a', 7);
    lb.setState('b', 'drain');
    lb.update([a, b]);
    expect(lb.backends.map(({ weight, state }) => [weight, state])).toEqual([
      [7, 'ready'],
      [1, 'drain'],
    ]);
    lb.update([{ ...a, weight: 2 }, b]);
    expect(lb.backends[0]?.weight).toBe(2);
  });

  it('in another order is another list', () => {
    const { lb, events } = house({ strategy: 'first' });
    expect(lb.explain({}).chosen).toBe('a');
    lb.update([b, a]);
    expect(lb.explain({}).chosen).toBe('b');
    expect(events).toEqual([]);
  });

  it('with another address under an id makes it another backend', () => {
    const { lb, events } = house();
    const [before] = lb.backends;
    lb.update([{ ...a, url: url(9) }, b]);
    expect(lb.backends.map(({ id, url }) => [id, url.host])).toEqual([
      ['a', '10.0.0.9:3000'],
      ['b', '10.0.0.2:3000'],
    ]);
    expect(lb.backends[0]).not.toBe(before);
    expect(events).toEqual([`removed a ${url(1)}`, `added a ${url(9)}`]);
  });

  it('takes who is being removed back as it was', async () => {
    const { lb } = house({ sticky: true });
    lb.setState('a', 'maintenance');
    lb.setState('a', 'drain');
    lb.update([], { timeout: '1h' });
    expect(lb.backends.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'drain'],
      ['b', 'drain'],
    ]);
    lb.update([b, a]);
    expect(lb.backends.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'ready'],
      ['a', 'drain'],
    ]);
  });

  it.each([
    ['nothing', undefined, ['an array of URLs or of objects with a url']],
    ['a text', 'http://10.0.0.1:3000', ['an array of URLs or of objects with a url']],
    ['an id twice', [a, { ...b, id: 'a' }], ['[1]: the same id as backends[0]']],
    ['an address twice', [url(7), url(7)], ['[1]: the same id']],
    [
      'several at once',
      [a, { ...b, weight: 0 }, 'ten', { ...c, zoen: 'x' }],
      ['[1].weight: above 0', '[2]: a URL as in', '[3].zoen: there is no such option'],
    ],
  ])('of %s is refused whole, and every problem told', (_what, inputs, rules) => {
    const { lb, events } = house();
    const before = lb.backends;
    const problems = problemsOf(() => lb.update(inputs as BackendInput[]));
    expect(problems).toEqual(rules.map((rule) => expect.stringContaining(rule)));
    expect(lb.backends).toBe(before);
    expect(events).toEqual([]);
  });

  it('with options that are none is refused too', () => {
    const { lb } = house();
    expect(problemsOf(() => lb.update([], { timeout: -5 }))).toEqual([expect.stringContaining('timeout: a duration')]);
    expect(ids(lb)).toEqual(['a', 'b']);
  });

  it('may be called by who hears of one', () => {
    const { lb } = house();
    lb.once('backend:added', () => lb.update([a]));
    lb.update([b, c]);
    expect(ids(lb)).toEqual(['a']);
  });
});

describe('after lb.close()', () => {
  it('nothing of this is taken any more', async () => {
    const { lb } = house();
    const closed = lb.close();
    const refused = { code: 'FAIRLEAD_CLOSING' };
    expect(() => lb.add(c)).toThrow(expect.objectContaining(refused));
    expect(() => lb.update([a])).toThrow(expect.objectContaining(refused));
    await expect(lb.remove('a')).rejects.toMatchObject(refused);
    await expect(lb.drain('a')).rejects.toMatchObject(refused);
    await closed;
    expect(ids(lb)).toEqual(['a', 'b']);
  });

  it.each([{ timeout: -1 }, { timeout: 'x' }, { upgrades: 1 }, 3])(
    'close(%j) is refused, and closes nothing',
    async (o) => {
      const { lb } = house();
      await expect(lb.close(o as object)).rejects.toMatchObject({ code: 'FAIRLEAD_OPTIONS' });
      expect(lb.explain({}).error).toBeUndefined();
    },
  );
});

describe('slowStart', () => {
  it('lets those that are added begin slowly, and not those of the beginning', () => {
    const { lb } = house({ slowStart: '1h' });
    lb.add({ ...c, weight: 4 });
    lb.add({ id: 'd', url: url(4), slowStart: 0 });
    const weights = lb.backends.map(({ effectiveWeight }) => effectiveWeight);
    expect([weights[0], weights[1], weights[3]]).toEqual([1, 1, 1]);
    expect(weights[2]).toBeCloseTo(0.4);
  });
});
