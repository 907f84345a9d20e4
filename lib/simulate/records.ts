import { Ending } from './ending.js';

/** Into how many slices of equal length a run is cut for what is shown over time. */
export const SLICES = 60;

/** What is written down of a run while it goes on; figures are made of it afterwards. */
export class Records {
  /** Milliseconds from arrival to end, by number of the request. */
  readonly took: Float64Array;
  /** An {@link Ending} each. */
  readonly ending: Uint8Array;
  /** Number of the backend that was picked; -1 while none was. */
  readonly backend: Int32Array;
  /** The most requests in flight at all backends together, a figure a slice. */
  readonly inFlight = new Float64Array(SLICES);
  /** The most requests in flight at any one backend, a figure a slice. */
  readonly busiest = new Float64Array(SLICES);
  /** How long a slice is, in ms. */
  readonly slice: number;

  constructor(requests: number, lastArrival: number) {
    this.took = new Float64Array(requests);
    this.ending = new Uint8Array(requests).fill(Ending.pending);
    this.backend = new Int32Array(requests).fill(-1);
    // The last arrival still belongs to the last slice.
    this.slice = lastArrival > 0 ? (lastArrival * (1 + 1e-9)) / SLICES : 1;
  }

  /** A request has been taken on: so many are now in flight in all, so many at its backend. */
  load(now: number, all: number, here: number): void {
    const slice = Math.floor(now / this.slice);
    if (all > (this.inFlight[slice] as number)) this.inFlight[slice] = all;
    if (here > (this.busiest[slice] as number)) this.busiest[slice] = here;
  }
}
