import type { RequestRecord } from '../../core/events.js';
import { codeLabel, methodLabel } from './labels.js';
import type { Sample } from './sample.js';

/** Upper bounds of the buckets of durations, in seconds: prom-client's own, and two for the slow. */
export const BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Requests with one method and one status. */
interface Counted {
  readonly method: string;
  readonly code: string;
  count: number;
}

/** The requests that one backend had last. */
class BackendCounts {
  /** By method, then by status: joined to one key they would cost a text for each request. */
  readonly counted = new Map<string, Map<string, Counted>>();
  /** Durations within each bucket and not the one before; the last is for what is longer than all. */
  readonly durations = new Float64Array(BUCKETS.length + 1);
  seconds = 0;

  add({ method, status, duration }: RequestRecord): void {
    const counted = this.#counted(methodLabel(method), codeLabel(status));
    counted.count++;
    // A tunnel lasts for as long as its client likes.
    if (status === 101) return;
    const seconds = duration / 1000;
    let bucket = 0;
    while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] as number)) bucket++;
    this.durations[bucket] = (this.durations[bucket] as number) + 1;
    this.seconds += seconds;
  }

  #counted(method: string, code: string): Counted {
    const codes = this.counted.get(method) ?? new Map<string, Counted>();
    const counted = codes.get(code);
    if (counted !== undefined) return counted;
    const first = { method, code, count: 0 };
    this.counted.set(method, codes.set(code, first));
    return first;
  }
}

/**
 * The requests of one balancer by backend, method and status, and how long they took. The labels are bounded: so are the
 * methods and statuses, and of backends there are those of the balancer, and `''` for requests that none had.
 */
export class RequestCounts {
  readonly #backends = new Map<string, BackendCounts>();
  /** Backends that are gone and have been shown once more. */
  #leaving: ReadonlySet<string> = new Set();

  add(record: RequestRecord): void {
    const backend = record.backend ?? '';
    const known = this.#backends.get(backend);
    const counts = known ?? new BackendCounts();
    if (known === undefined) this.#backends.set(backend, counts);
    counts.add(record);
  }

  /**
   * Lets go of the backends that are not among these, once their last requests have been told: those cut at the end of a
   * drain came after the scrape before.
   */
  keep(backends: ReadonlySet<string>): void {
    const absent = [...this.#backends.keys()].filter((id) => id !== '' && !backends.has(id));
    for (const id of absent) if (this.#leaving.has(id)) this.#backends.delete(id);
    this.#leaving = new Set(absent.filter((id) => this.#backends.has(id)));
  }

  totals(): Sample[] {
    return [...this.#backends].flatMap(([backend, { counted }]) =>
      [...counted.values()].flatMap((codes) =>
        [...codes.values()].map(({ method, code, count }) => ({ labels: { backend, method, code }, value: count })),
      ),
    );
  }

  durations(): Sample[] {
    return [...this.#backends].flatMap(([backend, { durations, seconds }]) => {
      let count = 0;
      const buckets = [...durations].map((within, i) => {
        count += within;
        return { suffix: '_bucket', labels: { backend, le: String(BUCKETS[i] ?? '+Inf') }, value: count };
      });
      const labels = { backend };
      return [...buckets, { suffix: '_sum', labels, value: seconds }, { suffix: '_count', labels, value: count }];
    });
  }
}
