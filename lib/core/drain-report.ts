/** How many came to their end by themselves, and how many were broken off at the deadline. */
export interface DrainCount {
  readonly ended: number;
  readonly cut: number;
}

/** What became of all that was under way, and of what came meanwhile from pinned clients. */
export interface DrainReport {
  /** Requests, but for the following two. One that is cut was still without an answer, and its client gets 503. */
  readonly requests: DrainCount;
  /** Answers that were on their way to the client when this began, or when they were cut. */
  readonly streams: DrainCount;
  /** Upgraded sockets. A WebSocket that closes because it was asked to has ended. */
  readonly upgrades: DrainCount;
  /** The backend was set `ready` again, or added again, before this was over: it is in use. */
  readonly calledOff?: true;
}
