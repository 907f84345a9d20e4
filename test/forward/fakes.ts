import type { Clock } from '../../lib/core/clock.js';
import type { FairleadError } from '../../lib/core/errors.js';
import { Alarm } from '../../lib/forward/alarm.js';
import type { Attempt } from '../../lib/forward/attempt.js';
import type { AttemptGround } from '../../lib/forward/ground.js';
import { compileEdits } from '../../lib/forward/header-edits.js';

interface GroundSpec extends Pick<AttemptGround, 'timeouts' | 'launch'> {
  readonly closing?: (() => FairleadError | undefined) | undefined;
}

/** What attempts share, without a forwarder. */
export function fakeGround(clock: Clock, { timeouts, launch, closing = () => undefined }: GroundSpec) {
  const underWay: Attempt[] = [];
  return {
    clock,
    timeouts,
    launch,
    alarm: new Alarm(clock, () => underWay),
    get closing() {
      return closing();
    },
    edits: ({ terms: { pin } }) => {
      return { pin, headers: compileEdits({ set: {}, remove: [] }), map: undefined, added: [] };
    },
    ended: (attempt) => {
      const place = underWay.indexOf(attempt as Attempt);
      if (place >= 0) underWay.splice(place, 1);
    },
    /** Has its time watched, as the forwarder does. */
    watched(attempt: Attempt): Attempt {
      underWay.push(attempt);
      return attempt;
    },
  } satisfies AttemptGround & { watched(attempt: Attempt): Attempt };
}
