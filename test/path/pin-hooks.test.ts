import { expect, it, vi } from 'vitest';
import type { Affinity } from '../../lib/core/affinity.js';
import type { Trip } from '../../lib/path/journey.js';
import { countedHooks, hooksOf } from '../../lib/path/pin-hooks.js';
import type { Stages } from '../../lib/path/stages.js';
import { fakeExchange, one } from '../core/fakes.js';

const answer = { status: 200, headers: [] };

it('without a way to be sticky, and with one that writes nothing, there is nothing to say', () => {
  for (const affinity of [undefined, { find: () => undefined } as Affinity]) {
    const { pin, look } = hooksOf(affinity, fakeExchange(), one(), undefined);
    expect(pin(answer)).toEqual([]);
    expect(look).toBeUndefined();
  }
});

it('a way to be sticky is told of the answer, the backend, and what the client had', () => {
  const pin = vi.fn(() => ['Set-Cookie', 'a=b']);
  const look = vi.fn(() => () => true);
  const exchange = fakeExchange();
  const [backend, found] = [one(), one('http://10.0.0.2:3000')];
  const hooks = hooksOf({ find: () => undefined, pin, look } as unknown as Affinity, exchange, backend, found);
  expect(hooks.pin(answer)).toEqual(['Set-Cookie', 'a=b']);
  expect(hooks.look?.(answer)).toBeTypeOf('function');
  for (const hook of [pin, look]) expect(hook).toHaveBeenCalledExactlyOnceWith(exchange, { backend, found, ...answer });
});

it('what became of the pin is counted with the answer', () => {
  const exchange = fakeExchange();
  const [backend, found] = [one(), one('http://10.0.0.2:3000')];
  const answered = vi.fn();
  const trip = { errand: { exchange }, found, counted: false } as unknown as Trip;
  const { pin } = countedHooks({ affinity: { find: () => found }, answered } as unknown as Stages, trip, backend);
  expect(answered).not.toHaveBeenCalled();
  expect(pin(answer)).toEqual([]);
  const told = { found, pin: 'lost', backend, counted: false };
  expect(answered).toHaveBeenCalledExactlyOnceWith(told, exchange);
  expect(trip.counted).toBe(true);
});
