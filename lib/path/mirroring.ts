import { backendRecord } from '../core/backend.js';
import { systemClock } from '../core/clock.js';
import { milliseconds } from '../core/duration.js';
import type { Engine } from '../core/engine.js';
import { systemRandom } from '../core/random.js';
import type { Errand } from '../forward/errand.js';
import type { Forwarder } from '../forward/forwarder.js';
import type { Config } from '../options.js';
import type { Trail } from '../resilience/trail.js';
import { Mirror } from '../shaping/mirroring/mirror.js';

/** @param main what carries the requests themselves: an engine object of the user's own carries their copies too */
export function mirrorOf({ mirror, name, engine, tls }: Config, main: Engine): Mirror | undefined {
  if (mirror === undefined) return undefined;
  const own = engine(tls);
  return new Mirror({
    ...mirror,
    name,
    timeout: milliseconds(mirror.timeout),
    backends: mirror.to.map(backendRecord),
    clock: systemClock,
    random: systemRandom,
    engine: own,
    ownsEngine: own !== main,
  });
}

/** A copy of a request whose first attempt has just set out. Further attempts at it make no further copies. */
export function mirrored(mirror: Mirror, forwarder: Forwarder, errand: Errand, trail: Trail): void {
  if (trail.made !== 1 || !mirror.wants(errand.exchange)) return;
  mirror.copy({
    exchange: errand.exchange,
    length: announcedLength(errand),
    collect: (collector) => errand.tap(collector),
    compose: (backend, body) => forwarder.copy(errand, backend, body),
  });
}

function announcedLength({ exchange }: Errand): number | undefined {
  const length = exchange.request.headers['content-length'];
  return length === undefined ? undefined : Number(length);
}
