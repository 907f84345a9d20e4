import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { aborted, answered, failed } from '../core/fakes.js';
import { house } from './fakes.js';

const RESET = failed('FAIRLEAD_BACKEND_RESET');
const REFUSED = failed('FAIRLEAD_CONNECT');

/** Asks backends as the path does, all of which fail; returns whom, and how long it waited before each. */
function walk(made: ReturnType<typeof house>, outcome = RESET, lean = (n: number) => n - 1): [string, number][] {
  const { trail, pool } = made;
  const asked: [string, number][] = [];
  let delay = 0;
  for (;;) {
    const candidates = pool.available(trail.tried);
    const backend = candidates[lean(candidates.length)];
    if (backend === undefined) return asked;
    trail.asks(backend);
    asked.push([backend.id, delay]);
    if (!trail.goesOn(outcome)) return asked;
    delay = trail.delay;
  }
}

describe('what is tried again', () => {
  it.each([
    ['GET', RESET, true],
    ['PUT', RESET, true],
    ['POST', RESET, false],
    ['PATCH', RESET, false],
    ['POST', REFUSED, true],
    ['POST', failed('FAIRLEAD_TLS'), true],
    ['POST', failed('FAIRLEAD_CONNECT_TIMEOUT'), true],
    ['GET', failed('FAIRLEAD_HEADERS_TIMEOUT'), false],
    ['GET', failed('FAIRLEAD_BACKEND_PROTOCOL'), false],
    ['GET', failed('FAIRLEAD_TOTAL_TIMEOUT'), false],
    ['GET', failed('FAIRLEAD_BACKEND_RESET', true), false],
    ['GET', failed('FAIRLEAD_RESPONSE_BODY', true), false],
    ['GET', failed('FAIRLEAD_REQUEST_BODY'), false],
    ['GET', failed('FAIRLEAD_CLOSING'), false],
    ['GET', answered({ status: 503 }), false],
    ['GET', aborted(), false],
  ] as const)('%s, %o: %s', (method, outcome, again) => {
    const { trail, members } = house({ method });
    if (members[0] !== undefined) trail.asks(members[0]);
    expect(trail.goesOn(outcome)).toBe(again);
  });

  it('a POST by name, or as a function says; one that throws says no', () => {
    const throws = (): boolean => {
      throw new Error('a bug');
    };
    for (const [methods, again] of [
      [['POST'], true],
      [() => true, true],
      [throws, false],
    ] as const) {
      const made = house({ method: 'POST', retry: { methods } });
      expect(walk(made)).toHaveLength(again ? 3 : 1);
      expect(made.threw).toEqual(methods === throws ? ['retry.methods threw'] : []);
    }
  });

  it('nothing whose body is gone', () => {
    for (const outcome of [RESET, REFUSED]) {
      expect(walk(house({ errand: { repeatable: false } }), outcome)).toHaveLength(1);
    }
  });

  it('timeouts and statuses only where they are named', () => {
    expect(walk(house({ retry: { on: ['timeout'] } }), failed('FAIRLEAD_HEADERS_TIMEOUT'))).toHaveLength(3);
    expect(walk(house({ retry: { on: ['timeout'] } }))).toHaveLength(1);
    const { trail, members } = house({ retry: { on: [503] } });
    const [a] = members;
    if (a === undefined) throw new Error('no backend');
    trail.asks(a);
    expect([trail.takes(a, 200, []), trail.takes(a, 502, []), trail.takes(a, 503, [])]).toEqual([true, true, false]);
    expect(trail.goesOn(answered({ status: 503 }))).toBe(true);
  });

  it('a status of a POST is the answer', () => {
    const { trail, members } = house({ method: 'POST', retry: { on: [503] } });
    const [a] = members;
    if (a === undefined) throw new Error('no backend');
    trail.asks(a);
    expect(trail.takes(a, 503, [])).toBe(true);
    expect(trail.goesOn(answered({ status: 503 }))).toBe(false);
  });

  it('the last answer is taken, whatever it is', () => {
    const { trail, members, pool } = house({ retry: { on: [503], attempts: 1 } });
    const taken = [1, 2].map(() => {
      const [backend] = pool.available(trail.tried);
      if (backend === undefined) throw new Error('no backend');
      trail.asks(backend);
      return trail.takes(backend, 503, []);
    });
    expect(taken).toEqual([false, true]);
    expect(members).toHaveLength(3);
  });
});

describe('what an attempt costs', () => {
  const poor = { retry: { attempts: 9, budget: { ratio: 0, minPerSecond: 0.2 } } };

  it('is nothing where nobody was reached and then somebody was, whatever that one made of it', () => {
    for (const last of [answered(), answered({ status: 500 }), failed('FAIRLEAD_RESPONSE_BODY', true), aborted()]) {
      const { begin, members, retries } = house(poor);
      for (let i = 0; i < 10; i++) {
        const trail = begin();
        for (const outcome of [REFUSED, last]) {
          trail.asks(members[i % 3] as BackendRecord);
          expect(trail.goesOn(outcome)).toBe(outcome === REFUSED);
        }
      }
      expect(retries.counts().budgetExhausted).toBe(0);
    }
  });

  it('is one of the budget where the next was not reached either, or the first may have been', () => {
    expect(walk(house(poor), REFUSED)).toHaveLength(3);
    const { begin, members, retries } = house(poor);
    for (const again of [true, true, false]) {
      const trail = begin();
      trail.asks(members[0] as BackendRecord);
      expect(trail.goesOn(RESET)).toBe(again);
      trail.asks(members[1] as BackendRecord);
      expect(trail.goesOn(answered())).toBe(false);
    }
    expect(retries.counts().budgetExhausted).toBe(1);
  });

  it('is given back once, also where a status is tried again behind it', () => {
    const { begin, members, retries } = house({ retry: { ...poor.retry, on: ['connect', 503] } });
    const [a, b, c] = members as [BackendRecord, BackendRecord, BackendRecord];
    const again = (): boolean[] => {
      const trail = begin();
      trail.asks(a);
      const first = trail.goesOn(REFUSED);
      trail.asks(b);
      const taken = trail.takes(b, 503, []);
      const second = trail.goesOn(answered({ status: 503 }));
      trail.asks(c);
      return [first, taken, second, trail.goesOn(answered())];
    };
    // Two there are: the first attempt's is back when the second's is gone.
    expect(again()).toEqual([true, false, true, false]);
    expect(again()).toEqual([true, true, false, false]);
    expect(retries.counts().budgetExhausted).toBe(1);
  });
});

describe('who is asked next', () => {
  it('is nobody twice while another is left, and then the same ones after a pause, the last one last', () => {
    const asked = walk(house({ retry: { attempts: 6 } }));
    expect(asked).toEqual([
      ['c', 0],
      ['b', 0],
      ['a', 0],
      ['c', 12.5],
      ['b', 25],
      ['c', 50],
      ['a', 100],
    ]);
  });

  it('is the only one there is, after a pause', () => {
    expect(walk(house({ backends: 1 }))).toEqual([
      ['a', 0],
      ['a', 12.5],
      ['a', 25],
    ]);
  });

  it('is one of a lower tier before anyone again', () => {
    const made = house({ backends: 3, retry: { attempts: 3 } });
    const [, , c] = made.members;
    if (c !== undefined) Object.assign(c, { priority: 1 });
    expect(walk(made).map(([id]) => id)).toEqual(['b', 'a', 'c', 'b']);
  });

  it('waits for a Retry-After, but not for long: beyond 5 s the answer is the answer', () => {
    for (const [seconds, again, delay] of [
      ['2', true, 2_000],
      ['5', true, 5_000],
      ['6', false, 0],
    ] as const) {
      const { trail, members } = house({ backends: 1, retry: { on: [503] } });
      const [a] = members;
      if (a === undefined) throw new Error('no backend');
      trail.asks(a);
      expect(trail.takes(a, 503, ['Retry-After', seconds])).toBe(!again);
      expect(trail.delay).toBe(delay);
    }
  });

  it('does not make others wait for a Retry-After, and asks again whom nobody told to wait', () => {
    const { trail, members, pool } = house({ backends: 2, retry: { on: [503, 'reset'], attempts: 3 } });
    const [a, b] = members;
    if (a === undefined || b === undefined) throw new Error('no backend');
    trail.asks(a);
    expect(trail.takes(a, 503, ['Retry-After', '60'])).toBe(false);
    expect(trail.delay).toBe(0);
    trail.asks(b);
    expect(trail.goesOn(RESET)).toBe(true);
    expect(pool.available(trail.tried).map(({ id }) => id)).toEqual(['b']);
    expect(trail.delay).toBe(12.5);
  });

  it('is nobody once the time is up, or would be before the pause is over', () => {
    expect(walk(house({ errand: { deadline: 1_000 } }))).toHaveLength(1);
    expect(walk(house({ backends: 1, errand: { deadline: 1_013 } }))).toHaveLength(2);
    expect(walk(house({ backends: 1, errand: { deadline: 1_012 } }))).toHaveLength(1);
  });

  it('is nobody when nobody takes requests any more', () => {
    const made = house({ backends: 2 });
    const [a, b] = made.members;
    if (a === undefined || b === undefined) throw new Error('no backend');
    made.trail.asks(a);
    made.pool.setState(a, 'drain');
    made.pool.setState(b, 'drain');
    expect(made.trail.goesOn(RESET)).toBe(false);
  });
});

it('each retry is told, with whom it leaves and why', () => {
  const made = house({ retry: { attempts: 3 }, backends: 2 });
  walk(made);
  const told = { method: 'GET', reason: 'reset', code: 'FAIRLEAD_BACKEND_RESET' };
  expect(made.told).toEqual([
    { ...told, backend: 'b', attempt: 1, delay: 0 },
    { ...told, backend: 'a', attempt: 2, delay: 12.5 },
    { ...told, backend: 'b', attempt: 3, delay: 25 },
  ]);
});
