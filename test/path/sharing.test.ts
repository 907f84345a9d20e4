import { expect, it, vi } from 'vitest';
import type { Journey, Trip } from '../../lib/path/journey.js';
import { together } from '../../lib/path/sharing.js';
import type { Stages } from '../../lib/path/stages.js';
import { SharedAnswer } from '../../lib/shaping/coalescing/shared-answer.js';
import { failed, fakeExchange, one } from '../core/fakes.js';
import { FakeGuest } from '../shaping/coalescing/fakes.js';
import { FakeClock } from '../support/clock.js';

/** Two clients that share an exchange, which goes as `attempts` says. */
function house(attempts: (stages: Stages, trip: Trip) => Promise<Journey>) {
  const keeper = { judge: () => [], closed: vi.fn() };
  const shared = new SharedAnswer(10, new FakeClock(), keeper);
  const asked = one();
  const stages = {
    forwarder: { errand: () => ({}) },
    retries: { begin: () => ({ made: 1, last: asked }) },
  } as unknown as Stages;
  const places = [true, false].map((leads) => ({ shared, member: shared.join(new FakeGuest()), leads }));
  const journeys = places.map((place) => together(stages, fakeExchange(), undefined, place, attempts));
  return { keeper, asked, journeys };
}

it('an exchange that fails has failed for all', async () => {
  const outcome = failed('FAIRLEAD_CONNECT');
  const { asked, journeys } = house(async (_stages, { trail }) => ({
    outcome,
    backend: trail.last,
    attempts: 1,
    found: undefined,
    pin: 'none',
  }));
  for (const [i, journey] of journeys.entries()) {
    expect(await journey).toMatchObject({ backend: asked, attempts: 1 - i, coalesced: i === 1 });
    expect(await journey).toHaveProperty('outcome.error.code', 'FAIRLEAD_CONNECT');
  }
});

it('an exchange in which something throws has failed for all, and nobody waits for ever', async () => {
  const cause = new Error('nobody foresaw that');
  const { keeper, journeys } = house(() => Promise.reject(cause));
  for (const journey of journeys) {
    expect(await journey).toMatchObject({ outcome: { kind: 'failed', error: { code: 'FAIRLEAD_ENGINE', cause } } });
    // Nobody has told of it: whoever ends the request does.
    expect((await journey).backend).toBeUndefined();
  }
  // And nobody joins them any more.
  expect(keeper.closed).toHaveBeenCalled();
});
