/** What the server tells the page, and the page the server. Knows neither Node.js nor a browser. */

/** How a backend is, in one word; the page's colours and shapes go by it. */
export type Status =
  | 'up'
  | 'failing'
  | 'down'
  | 'ejected'
  | 'trial'
  | 'waiting'
  | 'full'
  | 'draining'
  | 'drained'
  | 'maintenance'
  | 'standby';

/** How bad it is: `bad` and `warn` are listed at the top of the page. */
export type Level = 'good' | 'bad' | 'warn' | 'off';

/** How a backend stands, and why. */
export interface Standing {
  readonly status: Status;
  readonly level: Level;
  /** For people: `Down`, `Draining`. */
  readonly word: string;
  /** The reason, as far as there is one. */
  readonly why: string;
  /** Milliseconds until it changes by itself: a drain's time-out, a breaker's trial. */
  readonly left?: number;
}

/** Figures of one second, or of the last minute; null where there were no requests to take them from. */
export interface Figures {
  /** Requests a second. */
  readonly rate: number | null;
  /** Failures a second. */
  readonly errors: number | null;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** One backend: a row of the table. */
export interface Row extends Standing, Figures {
  readonly id: string;
  readonly url: string;
  /** Where it stands: its zone, its tier. */
  readonly tags: readonly string[];
  readonly state: 'ready' | 'drain' | 'maintenance';
  /** Of the last minute's attempts, 0 to 1; null without any. */
  readonly share: number | null;
  /** Of these, the share that failed. */
  readonly failing: number | null;
  readonly active: number;
  readonly upgrades: number;
  readonly total: number;
  readonly failed: number;
  readonly weight: number;
  readonly effectiveWeight: number;
  /** Client addresses that are kept on it; absent where clients are not kept. */
  readonly clients?: number;
  /** What it says of itself, and how its last check went: a line each. */
  readonly notes: readonly string[];
}

/** A balancer's own figures: a line of them above its table. */
export interface Head extends Figures {
  readonly name: string;
  readonly strategy: string;
  /** Milliseconds since it was made. */
  readonly uptime: number;
  readonly failing: number | null;
  readonly active: number;
  readonly total: number;
  /** Name and text, in the order in which they are shown. */
  readonly more: readonly (readonly [name: string, text: string])[];
}

/** One line of the timeline; told again, with the same `seq`, when its count grows. */
export interface Happening {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly balancer: string;
  readonly backend?: string;
  readonly level: Level;
  readonly text: string;
  /** How often the same was seen in a row. */
  readonly count: number;
}

/** One balancer in a frame. */
export interface BalancerFrame {
  readonly head: Head;
  /** Ids of all its backends, in order; only where they are not those of the frame before. */
  readonly order?: readonly string[];
  /** Rows that are not as they were in the frame before. */
  readonly rows: readonly Row[];
}

/** What is sent once a second. */
export interface Frame {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
  /** Whether it tells everything, and not only what has changed. */
  readonly full: boolean;
  readonly balancers: readonly BalancerFrame[];
  readonly events: readonly Happening[];
}

/** The first message of a stream. */
export interface Hello {
  /** Whether this viewer may change anything. */
  readonly actions: boolean;
}

/** The last minutes of some backends: a value a second, the latest at the end. */
export interface History {
  readonly id: string;
  readonly figures: { readonly [Name in keyof Figures]: readonly (number | null)[] };
}

/** Seconds that the plots go back. */
export const SECONDS = 180;

/** A change that an operator asks for. */
export interface Action {
  /** Its place in the list of balancers. */
  readonly balancer: number;
  readonly backend: string;
  readonly do: 'ready' | 'drain' | 'maintenance' | 'weight';
  readonly weight?: number;
  /** For `drain`: milliseconds until what is left is cut. */
  readonly timeout?: number;
  /** For `drain`: whether WebSockets may go on until then. */
  readonly upgrades?: 'wait' | 'close';
}

/** A request that is asked about. */
export interface Question {
  readonly balancer: number;
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly address: string;
}

/** What became of an action or a question that was not answered. */
export interface Refused {
  readonly error: string;
}
