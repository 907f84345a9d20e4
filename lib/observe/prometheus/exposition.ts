import type { Listener, RequestRecord } from '../../core/events.js';
import type { BackendStats, Stats } from '../stats.js';
import { backendFamilies } from './backend-families.js';
import { balancerFamilies, type Scraped } from './balancer-families.js';
import { RequestCounts } from './request-counts.js';
import type { Aggregator, Family, Sample } from './sample.js';

/** As much of a balancer as its metrics are made from. */
export interface Observed {
  stats(): Stats;
  on<Name extends 'request' | 'close'>(event: Name, listener: Listener<Name>): unknown;
  off<Name extends 'request' | 'close'>(event: Name, listener: Listener<Name>): unknown;
}

/** Balancers that have closed and are kept for a scrape, if one ever comes. */
const MOST_CLOSED = 20;

/** As prom-client's registries print one. */
interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a registry holds: prom-client asks `get` at each scrape. */
export interface Metric {
  /** The name it is registered by. */
  readonly key: string;
  /** Not read-only: a registry that speaks OpenMetrics takes the `_total` off. */
  name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: Aggregator;
  get(): Promise<Omit<Metric, 'key' | 'get' | 'reset'> & { readonly values: readonly Line[] }>;
  reset(): void;
}

/** The metrics of all balancers in one registry. */
export class Exposition {
  readonly #balancers = new Map<string, { readonly observed: Observed; readonly counts: RequestCounts }>();
  /** Those that have closed since the last scrape, as they were in the end: it tells of them once more. */
  #closed: readonly Scraped[] = [];
  /** What was seen in this turn: a registry asks all metrics at once, and they are to be of one moment. */
  #seen: readonly Scraped[] | undefined;
  readonly metrics: readonly Metric[] = [
    ...balancerFamilies.map((family) => this.#metric(family, (scraped) => family.samples(scraped))),
    ...backendFamilies.map((family) => this.#metric(family, (scraped) => ofBackends(family, scraped))),
  ];

  /** Names that more than one balancer would have with these. */
  clashes(added: readonly Observed[]): string[] {
    const owners = new Map([...this.#balancers].map(([name, { observed }]) => [name, observed]));
    return added.flatMap((observed) => {
      const { name } = observed.stats();
      const owner = owners.get(name) ?? observed;
      owners.set(name, owner);
      return owner === observed ? [] : [name];
    });
  }

  /** One that is here already stays as it is. */
  add(observed: Observed): void {
    const { name } = observed.stats();
    if (this.#balancers.has(name)) return;
    // One that had this name before has given it up: there cannot be two.
    this.#closed = this.#closed.filter(({ stats }) => stats.name !== name);
    const counts = new RequestCounts();
    const count = (record: RequestRecord): void => counts.add(record);
    const closed = (): void => {
      observed.off('request', count);
      observed.off('close', closed);
      this.#balancers.delete(name);
      this.#closed = [...this.#closed, { stats: observed.stats(), counts }].slice(-MOST_CLOSED);
    };
    this.#balancers.set(name, { observed, counts });
    observed.on('request', count);
    observed.on('close', closed);
  }

  #metric(
    { name, help, type, aggregator = 'sum' }: Omit<Family<never>, 'samples'>,
    samples: (scraped: Scraped) => readonly Sample[],
  ): Metric {
    const lines = (): Line[] =>
      this.#scraped().flatMap((scraped) => {
        const balancer = scraped.stats.name;
        return samples(scraped).map(({ labels, value, suffix }) => ({
          labels: { balancer, ...labels },
          value,
          ...(suffix !== undefined && { metricName: name + suffix }),
        }));
      });
    return {
      key: name,
      name,
      help,
      type,
      aggregator,
      async get() {
        return { name: this.name, help, type, aggregator, values: lines() };
      },
      // Counters are the balancer's own, and go on.
      reset() {},
    };
  }

  #scraped(): readonly Scraped[] {
    if (this.#seen !== undefined) return this.#seen;
    const open = [...this.#balancers.values()].map(({ observed, counts }) => {
      const stats = observed.stats();
      counts.keep(new Set(stats.backends.map(({ id }) => id)));
      return { stats, counts };
    });
    const seen = [...open, ...this.#closed];
    this.#closed = [];
    this.#seen = seen;
    queueMicrotask(() => {
      this.#seen = undefined;
    });
    return seen;
  }
}

function ofBackends(family: Family<BackendStats>, { stats }: Scraped): Sample[] {
  return stats.backends.flatMap((backend) =>
    family.samples(backend).map(({ labels, value }) => ({ labels: { backend: backend.id, ...labels }, value })),
  );
}
