/** One line of the exposition, but for the label `balancer`. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** What follows the metric's name, of a histogram: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

/** How the values of several processes become one, where a cluster's are added up; prom-client's words. */
export type Aggregator = 'sum' | 'first' | 'min' | 'max';

/** A metric: what it is, and where its samples come from. */
export interface Family<Source> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Default: the sum. */
  readonly aggregator?: Aggregator;
  samples(source: Source): readonly Sample[];
}
