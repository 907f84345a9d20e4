import fc from 'fast-check';
import type { Script } from './client.js';
import type { Case } from './lane.js';
import { handshake, honestPlans, type Request, requests, starRequest, wildPlans } from './messages.js';
import { mutations, pace } from './mutations.js';

const anyRequest = fc.oneof({ weight: 12, arbitrary: requests }, { weight: 1, arbitrary: fc.constant(starRequest) });

const trains: fc.Arbitrary<readonly Request[]> = fc
  .tuple(fc.array(anyRequest, { minLength: 1, maxLength: 4 }), fc.nat({ max: 9 }))
  .map(([list, chance]) => (chance === 0 ? [...list.slice(1), handshake] : list));

const ends = fc.constantFrom('wait' as const, 'wait' as const, 'wait' as const, 'fin' as const, 'reset' as const);

const intact: fc.Arbitrary<Script> = fc.record({
  ...{ requests: trains, mutations: fc.constant([]), cut: fc.constant(undefined), pace },
  end: fc.oneof({ weight: 5, arbitrary: fc.constant('wait' as const) }, { weight: 1, arbitrary: ends }),
});

const cut: fc.Arbitrary<Script> = fc.record({
  ...{ requests: trains, mutations: fc.constant([]), cut: fc.nat({ max: 4095 }), pace, end: ends },
});

/** Which answers have no body cannot be told where it is not plain which request is answered. */
const withoutHead = (request: Request): Request =>
  request.method === 'HEAD' ? { ...request, method: 'GET' } : request;

const wild: fc.Arbitrary<Script> = fc
  .record({
    requests: trains.map((list) => list.map(withoutHead)),
    mutations: fc.array(fc.oneof(mutations, fc.constant([])), { minLength: 4, maxLength: 4 }),
    ...{ cut: fc.constant(undefined), pace, end: ends },
  })
  .map((script) => ({ ...script, mutations: script.mutations.slice(0, script.requests.length) }));

/** Clients of every kind, in front of backends of every kind. */
export const cases: fc.Arbitrary<Case> = fc.record({
  clients: fc.array(fc.oneof({ weight: 2, arbitrary: intact }, cut, { weight: 3, arbitrary: wild }), {
    minLength: 1,
    maxLength: 2,
  }),
  plans: fc.oneof(
    fc.array(honestPlans, { minLength: 1, maxLength: 4 }),
    fc.array(fc.oneof(honestPlans, wildPlans), { minLength: 1, maxLength: 4 }),
  ),
});
