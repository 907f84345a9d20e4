import type { IncomingMessage } from 'node:http';
import type { BackendRecord } from '../../core/backend.js';
import type { Recipient } from '../../core/recipient.js';

/** A client that may share an answer. */
export interface Guest {
  readonly request: IncomingMessage;
  /** Calls `closed` when its connection has closed, after a whole answer too. @returns what ends the waiting */
  whenClosed(closed: () => void): () => void;
  /** How an answer of this backend gets to it, with the header lines that are its own. */
  open(backend: BackendRecord, onDrain: () => void): Recipient;
}
