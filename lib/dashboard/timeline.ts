import type { Clock } from '../core/clock.js';
import type { Happening, Level } from './page/protocol.js';

const KEPT = 200;
const LONGEST = 300;
/** Milliseconds within which the same, seen again, is only counted. */
const TOGETHER = 10_000;

/** What happened, to which backend of which balancer. */
export interface Told {
  readonly balancer: string;
  readonly backend?: string | undefined;
  readonly level: Level;
  readonly text: string;
  /** What makes two of them the same; without it each is a line of its own. */
  readonly same?: string;
}

interface Entry {
  happening: Happening;
  /** Number of the change that it was last told by. */
  change: number;
  readonly key: string | undefined;
}

/** The latest events, a bounded number of them. A flood of the same is one line with a count. */
export class Timeline {
  readonly #clock: Clock;
  readonly #entries = new Map<number, Entry>();
  readonly #latest = new Map<string, Entry>();
  #change = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add({ balancer, backend, level, text, same }: Told): void {
    const change = ++this.#change;
    const at = this.#clock.date();
    const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
    const key = same === undefined ? undefined : JSON.stringify([balancer, backend, same]);
    const before = key === undefined ? undefined : this.#latest.get(key);
    if (before !== undefined && at - before.happening.at < TOGETHER) {
      before.happening = { ...before.happening, at, text: short, count: before.happening.count + 1 };
      before.change = change;
      return;
    }
    const happening = {
      seq: change,
      at,
      balancer,
      ...(backend !== undefined && { backend }),
      level,
      text: short,
      count: 1,
    };
    const entry = { happening, change, key };
    this.#entries.set(change, entry);
    if (key !== undefined) this.#latest.set(key, entry);
    this.#trim();
  }

  /** Number of the latest change: what {@link since} is asked with the next time. */
  get latest(): number {
    return this.#change;
  }

  /** Everything that was told after that change, oldest first; 0 is everything there is. */
  since(change: number): Happening[] {
    if (change === this.#change) return [];
    const entries = [...this.#entries.values()].filter((entry) => entry.change > change);
    return entries.map(({ happening }) => happening);
  }

  #trim(): void {
    if (this.#entries.size <= KEPT) return;
    const [oldest] = this.#entries.keys();
    if (oldest === undefined) return;
    const gone = this.#entries.get(oldest);
    this.#entries.delete(oldest);
    if (gone?.key !== undefined && this.#latest.get(gone.key) === gone) this.#latest.delete(gone.key);
  }
}
