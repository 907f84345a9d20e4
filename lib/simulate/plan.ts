import type { Distribution } from './distribution.js';
import type { KeySpec } from './keys.js';
import type { Arrivals } from './workload.js';

interface Window {
  /** In ms of virtual time. */
  readonly from: number;
  readonly until: number;
  /** Whether health checks see it, so that the backend leaves the candidates after a while. Default false. */
  readonly noticed?: boolean;
}

/** What goes wrong at a backend, and when. It concerns the requests that come in meanwhile. */
export type Fault =
  /** Every request is answered with 500 after so many ms. */
  | (Window & { readonly kind: 'fail'; readonly after: number })
  /** No connection can be made. */
  | (Window & { readonly kind: 'refuse' })
  /** Requests are taken and never answered: they end by the timeout. */
  | (Window & { readonly kind: 'hang' })
  /** Everything takes so many times as long. */
  | (Window & { readonly kind: 'slow'; readonly factor: number })
  /**
   * The process ends, what it was working on is lost, and connections are refused until it is back; it then takes
   * `factor` times as long for everything, less and less so until it is warm. Health checks see it.
   */
  | {
      readonly kind: 'restart';
      readonly at: number;
      /** How long it is gone, in ms. */
      readonly down: number;
      readonly warmUp?: { readonly factor: number; readonly ms: number };
    };

export interface BackendPlan {
  readonly id: string;
  /** Default 1. */
  readonly weight?: number;
  readonly latency: Distribution;
  /** How many requests it works on at a time; the others wait their turn there. Default: any number. */
  readonly capacity?: number;
  readonly faults?: readonly Fault[];
}

/** How soon health checks see a change, in ms. */
export interface Detection {
  /** From the beginning of a fault until the backend is no longer a candidate. */
  readonly fall: number;
  /** From its end until the backend is a candidate again. */
  readonly rise: number;
}

/** A situation to try strategies in. */
export interface Scenario {
  readonly title: string;
  /** What happens, in a sentence or two. */
  readonly summary: string;
  /** How many requests, unless told otherwise. */
  readonly requests: number;
  readonly arrivals: Arrivals;
  readonly keys: KeySpec;
  /** When a request is given up, in ms. */
  readonly timeout: number;
  readonly detection: Detection;
  readonly backends: readonly BackendPlan[];
}
