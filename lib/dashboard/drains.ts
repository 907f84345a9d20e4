import type { Clock } from '../core/clock.js';
import type { LoadBalancer } from '../load-balancer.js';
import type { Timeline } from './timeline.js';

type DrainReport = Awaited<ReturnType<LoadBalancer['drain']>>;

/** Drains that were begun on the page, with the time each has left. */
export class Drains {
  readonly #balancer: LoadBalancer;
  readonly #name: string;
  readonly #timeline: Timeline;
  readonly #clock: Clock;
  readonly #running = new Map<string, { readonly until: number }>();

  constructor(balancer: LoadBalancer, name: string, timeline: Timeline, clock: Clock) {
    this.#balancer = balancer;
    this.#name = name;
    this.#timeline = timeline;
    this.#clock = clock;
  }

  /**
   * Begins one; its end is told in the timeline. One that runs already is joined, and at most made shorter.
   *
   * @throws FairleadError FAIRLEAD_OPTIONS for an unknown backend
   */
  begin(backend: string, timeout: number, upgrades: 'wait' | 'close'): void {
    // Throws where drain() would reject, so that whoever asked hears of it.
    this.#balancer.setState(backend, 'drain');
    const ended = this.#balancer.drain(backend, { timeout, upgrades });
    const running = this.#running.get(backend);
    const until = Math.min(running?.until ?? Number.POSITIVE_INFINITY, this.#clock.now() + timeout);
    const drain = { until };
    this.#running.set(backend, drain);
    ended.then(
      (report) => this.#ended(backend, drain, `drain ended: ${reportText(report)}`),
      (error: unknown) =>
        this.#ended(backend, drain, `drain failed: ${error instanceof Error ? error.message : error}`),
    );
  }

  /** Milliseconds until what is left on this backend is cut; undefined where no drain runs. */
  left(backend: string): number | undefined {
    const drain = this.#running.get(backend);
    return drain === undefined ? undefined : Math.max(0, drain.until - this.#clock.now());
  }

  #ended(backend: string, drain: object, text: string): void {
    // One that was joined ends for everybody who did: it is told of once.
    if (this.#running.get(backend) !== drain) return;
    this.#running.delete(backend);
    this.#timeline.add({ balancer: this.#name, backend, level: 'off', text });
  }
}

function reportText({ calledOff, ...counts }: DrainReport): string {
  if (calledOff) return 'called off';
  const parts = Object.entries(counts).flatMap(([what, { ended, cut }]) => [
    ended > 0 && `${ended} ${what} finished`,
    cut > 0 && `${cut} ${what} cut`,
  ]);
  return parts.filter((part) => part !== false).join(', ') || 'nothing was in flight';
}
