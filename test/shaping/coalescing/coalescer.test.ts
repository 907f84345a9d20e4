import { expect, it, vi } from 'vitest';
import { Coalescer } from '../../../lib/shaping/coalescing/coalescer.js';
import { failed, fakeExchange, one, type RequestSpec, settled } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';
import { FakeGuest } from './fakes.js';

function house(key?: () => string) {
  const clock = new FakeClock();
  const threw = vi.fn();
  const coalescer = new Coalescer({
    key,
    methods: ['GET', 'HEAD'],
    maxBytes: 10,
    ignoreHeaders: [],
    clock,
    target: ({ url }) => url ?? '',
    host: () => 'a',
    stickyCookie: undefined,
    hasBody: () => false,
    ownHeaders: [],
    threw,
  });
  const place = (spec: RequestSpec = {}, pinned = '') => {
    const guest = new FakeGuest(spec.headers);
    return { guest, ...coalescer.place(fakeExchange(spec), pinned, guest) };
  };
  return { coalescer, clock, threw, place };
}

const head = (...headers: string[]) => ({ status: 200, reason: '', headers });

it('the second joins the first until its answer begins', async () => {
  const { place, coalescer } = house();
  const [first, second] = [place(), place()];
  expect([first.leads, second.leads]).toEqual([true, false]);
  expect(second.shared).toBe(first.shared);
  expect(coalescer.coalesced).toBe(0);
  first.shared?.recipient(one(), () => {}).head(head());
  expect(place().leads).toBe(true);
  for (const { guest } of [first, second]) guest.closes(true);
  await settled();
  first.shared?.over(failed('FAIRLEAD_CONNECT'));
  expect(coalescer.coalesced).toBe(1);
});

it('one that everybody has left is not joined', () => {
  const { place } = house();
  place().guest.closes(false);
  expect(place().leads).toBe(true);
});

it('clients of two backends, and of two methods, share nothing', () => {
  const { place } = house();
  place({}, 'a');
  expect(place({}, 'b').leads).toBe(true);
  expect(place({ method: 'HEAD' }, 'a').leads).toBe(true);
  expect(place({ method: 'POST' }).shared).toBeUndefined();
});

it('remembers for two minutes that an answer was one client’s own', () => {
  const { place, clock } = house();
  place()
    .shared?.recipient(one(), () => {})
    .head(head('Set-Cookie', 'a=1'));
  expect(place().shared).toBeUndefined();
  clock.advance(120_000);
  expect(place().leads).toBe(true);
});

it('remembers what an answer varied by, and tells requests apart by it from the start', () => {
  const { place } = house();
  place({ headers: ['X-L', 'de'] })
    .shared?.recipient(one(), () => {})
    .head(head('Vary', 'X-L'));
  place({ headers: ['X-L', 'de'] });
  expect(place({ headers: ['X-L', 'en'] }).leads).toBe(true);
  expect(place({ headers: ['X-L', 'de'] }).leads).toBe(false);
});

it('a client’s error says nothing of the next one', () => {
  const { place } = house();
  place()
    .shared?.recipient(one(), () => {})
    .head({ status: 429, reason: '', headers: [] });
  expect(place().leads).toBe(true);
});

it('a key that throws, or is none, leaves requests on their own', () => {
  const { place, threw } = house(() => {
    throw new Error('bug');
  });
  expect(place().shared).toBeUndefined();
  expect(threw).toHaveBeenCalledOnce();
  expect(house(() => '').place().shared).toBeUndefined();
});
