import { Emitter, type RequestRecord } from '../../../lib/core/events.js';
import type { Observed } from '../../../lib/observe/prometheus/exposition.js';
import type { Stats } from '../../../lib/observe/stats.js';
import { record } from '../fakes.js';

export interface FakeBalancer extends Observed {
  /** What `stats` gives; to be changed. */
  picture: Stats;
  /** How often it was asked. */
  asked: number;
  ends(more?: Partial<RequestRecord>): void;
  closes(): void;
  /** Whether anybody listens. */
  isHeard(): boolean;
}

const NONE = { ended: 0, cut: 0 };

/** As much of a balancer as its metrics want. */
export function fakeBalancer(picture: Stats): FakeBalancer {
  const emitter = new Emitter(picture.name, () => {});
  return {
    picture,
    asked: 0,
    stats() {
      this.asked++;
      return this.picture;
    },
    on: (name, listener) => emitter.on(name, listener),
    off: (name, listener) => emitter.off(name, listener),
    ends: (more) => emitter.emit('request', record(more)),
    closes: () => emitter.emit('close', { requests: NONE, streams: NONE, upgrades: NONE }),
    isHeard: () => emitter.heard('request') || emitter.heard('close'),
  };
}
