import type { HeaderList } from '../util/header-list.js';
import type { BackendRecord } from './backend.js';

/** What a backend's answer begins with, as it was received. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
}

/** Who gets an answer: one client, or several that share it. */
export interface Recipient {
  /** Nobody is there any more. */
  readonly gone: boolean;
  /** All of it has been written; what is left is for the client to take it. */
  readonly ended: boolean;
  /** All of it has been taken. */
  readonly finished: boolean;
  /** Whether it is the client that everyone waits for. */
  readonly waitsForClient: boolean;
  /** Calls `closed` when the client's connection has closed, after a whole answer too. @returns what ends the waiting */
  whenClosed(closed: () => void): () => void;
  informational(status: number, headers: HeaderList): void;
  /**
   * The commit point.
   *
   * @param last the client's connection ends with this answer, and it is to know
   * @throws when the head cannot be sent on; nothing has been written then
   */
  head(head: ResponseHead, last?: boolean): void;
  /** @returns false when the client is slower than the backend */
  write(chunk: Buffer): boolean;
  /** @throws Error when the body is shorter than announced */
  end(trailers: HeaderList): void;
  /** Nothing more comes of this attempt. */
  stop(): void;
  /** Breaks the client's connection, so that a cut answer never looks whole. */
  breakOff(): void;
}

/** Clients that share an answer, in place of the one whose request it is. */
export interface Audience {
  /** None of them is left. */
  readonly gone: boolean;
  /** What an attempt at this backend gives its answer to. */
  recipient(backend: BackendRecord, onDrain: () => void): Recipient;
  /** Calls `gone` when none of them is left. @returns what ends the waiting */
  whenClosed(gone: () => void): () => void;
}
