import { Emitter, type RetryRecord } from '../../lib/core/events.js';
import { Pool } from '../../lib/core/pool.js';
import { hedgeSchema } from '../../lib/resilience/hedge.js';
import { Retries } from '../../lib/resilience/retries.js';
import { type RetryOptions, retryPolicy, retrySchema } from '../../lib/resilience/retry.js';
import type { Repeatable } from '../../lib/resilience/trail.js';
import { backendsOf, fakeRequest } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

interface HouseSpec {
  readonly retry?: RetryOptions | false;
  readonly hedge?: object;
  readonly backends?: number;
  readonly method?: string;
  readonly errand?: Partial<Repeatable>;
  readonly random?: number;
}

/** The retries of a balancer, and one request's trail through it. */
export function house(spec: HouseSpec = {}) {
  const clock = new FakeClock(1_000);
  const members = backendsOf(...Array.from({ length: spec.backends ?? 3 }, () => 1));
  const pool = new Pool(members, { clock });
  const told: RetryRecord[] = [];
  const threw: string[] = [];
  const events = new Emitter('api', () => {});
  events.on('retry', (retry) => told.push(retry));
  const retries = new Retries({
    waits: false,
    policy: retryPolicy(spec.retry === false ? false : retrySchema.parse(spec.retry ?? {})),
    hedge: spec.hedge === undefined ? undefined : hedgeSchema.parse(spec.hedge),
    pool,
    clock,
    random: () => spec.random ?? 0.5,
    reporter: { events, threw: (what) => threw.push(what) },
  });
  const errand = { repeatable: true, deadline: Number.POSITIVE_INFINITY, ...spec.errand };
  const request = fakeRequest({ method: spec.method ?? 'GET' });
  const begin = () => retries.begin({ request, since: clock.now() }, errand);
  return { clock, members, pool, retries, request, told, threw, trail: begin(), begin };
}
