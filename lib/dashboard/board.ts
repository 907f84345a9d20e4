import type { Clock } from '../core/clock.js';
import type { LoadBalancer } from '../load-balancer.js';
import type { BackendStats, Stats } from '../observe/stats.js';
import { Drains } from './drains.js';
import { BalancerListener } from './listener.js';
import { Meter, share } from './meter.js';
import { bytesText, notesOf, span } from './notes.js';
import type { Head, History, Row } from './page/protocol.js';
import { standingOf } from './standing.js';
import type { Timeline } from './timeline.js';

/** A balancer at one moment, as the page shows it. */
export interface Picture {
  readonly head: Head;
  readonly rows: readonly Row[];
}

/** Share of the last seconds' requests from which on a backend that fails is said to be failing. */
const NOTEWORTHY = 0.05;

/** One balancer: what is known of it from its statistics, picture by picture, and from its events. */
export class Board {
  readonly balancer: LoadBalancer;
  readonly drains: Drains;
  readonly listener: BalancerListener;
  readonly #clock: Clock;
  readonly #total = new Meter();
  #meters = new Map<string, Meter>();

  constructor(balancer: LoadBalancer, timeline: Timeline, clock: Clock) {
    const { name } = balancer.stats();
    this.balancer = balancer;
    this.#clock = clock;
    this.listener = new BalancerListener(balancer, name, timeline, clock);
    this.drains = new Drains(balancer, name, timeline, clock);
  }

  /** Takes a picture; rates are those since the one before. */
  picture(): Picture {
    const stats = this.balancer.stats();
    const now = this.#clock.now();
    const second = Math.floor(now / 1_000);
    this.#turn(stats);
    const read = this.#read(stats, now, second);
    const all = read.reduce((sum, { meter }) => sum + meter.minute, 0);
    const rows = read.map(({ backend, meter }) => this.#row(backend, meter, all));
    return { head: this.#head(stats), rows };
  }

  /** The last minutes of these backends; of those that nobody knows, nothing. */
  history(ids: readonly string[]): History[] {
    const second = Math.floor(this.#clock.now() / 1_000);
    const total = this.#total.series.history('', second);
    const some = ids.flatMap((id) => this.#meters.get(id)?.series.history(id, second) ?? []);
    return [total, ...some];
  }

  /** Keeps meters and notes of those that are there, and of no others. */
  #turn({ backends }: Stats): void {
    if (backends.length === this.#meters.size && backends.every(({ id }) => this.#meters.has(id))) return;
    this.#meters = new Map(backends.map(({ id }) => [id, this.#meters.get(id) ?? new Meter()]));
    this.listener.keep(new Set(this.#meters.keys()));
  }

  #read(
    { backends, requests, statuses, latency }: Stats,
    now: number,
    second: number,
  ): { backend: BackendStats; meter: Meter }[] {
    // A request that failed before its answer began is among the 5xx: its client got one from us.
    this.#total.read({ ...requests, failed: Math.max(requests.failed, statuses['5xx']), latency }, now, second);
    return backends.map((backend) => {
      const meter = this.#meters.get(backend.id) ?? new Meter();
      meter.read({ ...backend, failed: backend.failed + backend.statuses['5xx'] }, now, second);
      return { backend, meter };
    });
  }

  #row(backend: BackendStats, meter: Meter, all: number): Row {
    const { id, url, state, zone, priority, active, upgrades, total, failed, weight, sticky } = backend;
    const { failure, ...heard } = this.listener.heard(id);
    const failing = meter.failingNow >= NOTEWORTHY ? { failure: failure ?? 'answers with 5xx' } : {};
    const standing = standingOf(backend, { ...heard, ...failing, drainFor: this.drains.left(id) });
    return {
      id,
      url,
      tags: [...(zone === undefined ? [] : [zone]), ...(priority === 0 ? [] : [`priority ${priority}`])],
      ...standing,
      ...meter.figures,
      state,
      share: share(meter.minute, all),
      failing: meter.failing,
      active,
      upgrades,
      total,
      failed,
      weight,
      effectiveWeight: Math.round(backend.effectiveWeight * 100) / 100,
      ...(sticky !== undefined && { clients: sticky.clients }),
      notes: notesOf(backend),
    };
  }

  #head({ name, strategy, uptime, requests, retries, statuses, bytes, queue, sticky }: Stats): Head {
    const { active, upgrades, total, retried, aborted } = requests;
    const more: [string, string][] = [
      ...(queue === undefined ? [] : queueTexts(queue)),
      ['tunnels', `${upgrades}`],
      ['retried', `${retried}`],
      ...(retries.budgetExhausted > 0
        ? [['retries without budget', `${retries.budgetExhausted}`] as [string, string]]
        : []),
      ['gone clients', `${aborted}`],
      ...(sticky === undefined ? [] : [['sticky clients', `${sticky.clients}`] as [string, string]]),
      ['5xx', `${statuses['5xx']}`],
      ['bytes in', bytesText(bytes.in)],
      ['out', bytesText(bytes.out)],
      ['up for', span(uptime)],
    ];
    return { name, strategy, uptime, ...this.#total.figures, failing: this.#total.failing, active, total, more };
  }
}

function queueTexts({ waiting, timedOut, rejected }: NonNullable<Stats['queue']>): [string, string][] {
  const vain = timedOut + rejected;
  return [['waiting for a place', `${waiting}`], ...(vain > 0 ? [['in vain', `${vain}`] as [string, string]] : [])];
}
