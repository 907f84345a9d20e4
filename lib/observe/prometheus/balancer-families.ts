import type { QueueStats, Stats } from '../stats.js';
import type { RequestCounts } from './request-counts.js';
import type { Family, Sample } from './sample.js';

/** What is known of one balancer at a scrape. */
export interface Scraped {
  readonly stats: Stats;
  readonly counts: RequestCounts;
}

const one = (value: number, labels: Sample['labels'] = {}): Sample[] => [{ labels, value }];

/** Nothing where what it counts is not wanted of this balancer. */
const some = (value: number | undefined): Sample[] => (value === undefined ? [] : one(value));

/** Metrics of a balancer as a whole, and those that its finished requests are counted into. */
export const balancerFamilies: readonly Family<Scraped>[] = [
  {
    name: 'fairlead_requests_total',
    help: 'Requests that have ended, by the backend that had them last (none: empty) and the status of the client.',
    type: 'counter',
    samples: ({ counts }) => counts.totals(),
  },
  {
    name: 'fairlead_request_duration_seconds',
    help: 'Time from the arrival of a request to its end, tunnels left out.',
    type: 'histogram',
    samples: ({ counts }) => counts.durations(),
  },
  {
    name: 'fairlead_info',
    help: 'Always 1; its labels say how the balancer is set up.',
    type: 'gauge',
    aggregator: 'first',
    samples: ({ stats }) => one(1, { strategy: stats.strategy }),
  },
  {
    name: 'fairlead_uptime_seconds',
    help: 'Time since the balancer was made.',
    type: 'gauge',
    aggregator: 'min',
    samples: ({ stats }) => one(stats.uptime / 1000),
  },
  {
    name: 'fairlead_requests_active',
    help: 'Requests that have come and are not over, those that wait and tunnels included.',
    type: 'gauge',
    samples: ({ stats }) => one(stats.requests.active),
  },
  {
    name: 'fairlead_requests_failed_total',
    help: 'Requests that ended in an error that was not the fault of their client.',
    type: 'counter',
    samples: ({ stats }) => one(stats.requests.failed),
  },
  {
    name: 'fairlead_requests_aborted_total',
    help: 'Requests whose client went away.',
    type: 'counter',
    samples: ({ stats }) => one(stats.requests.aborted),
  },
  {
    name: 'fairlead_requests_coalesced_total',
    help: 'Requests that got the answer to another one.',
    type: 'counter',
    samples: ({ stats }) => some(stats.requests.coalesced),
  },
  {
    name: 'fairlead_requests_rate_limited_total',
    help: 'Requests that were refused because their client makes too many.',
    type: 'counter',
    samples: ({ stats }) => some(stats.rateLimited),
  },
  {
    name: 'fairlead_retries_total',
    help: 'Attempts beyond the first of a request.',
    type: 'counter',
    samples: ({ stats }) => one(stats.requests.retried),
  },
  {
    name: 'fairlead_retry_budget_exhausted_total',
    help: 'Attempts that the budget of retries did not allow.',
    type: 'counter',
    samples: ({ stats }) => one(stats.retries.budgetExhausted),
  },
  {
    name: 'fairlead_hedges_total',
    help: 'Second attempts that were made beside the first.',
    type: 'counter',
    samples: ({ stats }) => one(stats.retries.hedges),
  },
  {
    name: 'fairlead_sticky_ignored_total',
    help: 'Requests with a pin that named no backend.',
    type: 'counter',
    samples: ({ stats }) => some(stats.sticky?.ignored),
  },
  {
    name: 'fairlead_sticky_imbalance_ratio',
    help: 'How many times its even share of the clients the fullest backend has.',
    type: 'gauge',
    aggregator: 'max',
    samples: ({ stats }) => some(stats.sticky?.imbalance),
  },
  {
    name: 'fairlead_mirror_requests_total',
    help: 'Copies of requests that were sent to shadow backends.',
    type: 'counter',
    samples: ({ stats }) => some(stats.mirrored?.sent),
  },
  {
    name: 'fairlead_mirror_failures_total',
    help: 'Of these, copies that got no answer, or not all of it in time.',
    type: 'counter',
    samples: ({ stats }) => some(stats.mirrored?.failed),
  },
  {
    name: 'fairlead_mirror_skipped_total',
    help: 'Copies that were not sent.',
    type: 'counter',
    samples: ({ stats }) => some(stats.mirrored?.skipped),
  },
  {
    name: 'fairlead_queue_waiting',
    help: 'Requests that wait for a place.',
    type: 'gauge',
    samples: ({ stats }) => some(stats.queue?.waiting),
  },
  {
    name: 'fairlead_queue_requests_total',
    help: 'Requests that had to wait for a place.',
    type: 'counter',
    samples: ({ stats }) => some(stats.queue?.queued),
  },
  {
    name: 'fairlead_queue_failures_total',
    help: 'Requests that got no place, by the reason: waited in vain, too many waited, or the client left.',
    type: 'counter',
    samples: ({ stats: { queue } }) => (queue === undefined ? [] : queueFailures(queue)),
  },
  {
    name: 'fairlead_queue_wait_seconds_total',
    help: 'Time that those who wait no more have waited, in all.',
    type: 'counter',
    samples: ({ stats: { queue } }) => (queue === undefined ? [] : one(queue.waited / 1000)),
  },
];

function queueFailures({ timedOut, rejected, abandoned }: QueueStats): Sample[] {
  const reasons = Object.entries({ timed_out: timedOut, rejected, abandoned });
  return reasons.map(([reason, value]) => ({ labels: { reason }, value }));
}
