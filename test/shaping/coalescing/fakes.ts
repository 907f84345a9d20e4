import type { BackendRecord } from '../../../lib/core/backend.js';
import type { Recipient, ResponseHead } from '../../../lib/core/recipient.js';
import type { Guest } from '../../../lib/shaping/coalescing/guest.js';
import { fakeRequest } from '../../core/fakes.js';

/** A client in memory that takes what a test lets it take. */
export class FakeGuest implements Guest, Recipient {
  readonly request;
  readonly heads: ResponseHead[] = [];
  readonly opened: string[] = [];
  body = '';
  broken = false;
  ended = false;
  finished = false;
  readonly gone = false;
  readonly waitsForClient = false;
  /** What `write` says. */
  takes = true;
  /** What `head` throws. */
  refuses: Error | undefined;
  #closed: () => void = () => {};
  #drained: () => void = () => {};

  constructor(headers: readonly string[] = []) {
    this.request = fakeRequest({ headers });
  }

  open(backend: BackendRecord, onDrain: () => void): Recipient {
    this.opened.push(backend.id);
    this.#drained = onDrain;
    return this;
  }

  whenClosed(closed: () => void): () => void {
    this.#closed = closed;
    return () => {};
  }

  informational(): void {}

  head(head: ResponseHead): void {
    if (this.refuses !== undefined) throw this.refuses;
    this.heads.push(head);
  }

  write(chunk: Buffer): boolean {
    this.body += String(chunk);
    return this.takes;
  }

  end(): void {
    this.ended = true;
  }

  stop(): void {}

  breakOff(): void {
    this.broken = true;
  }

  /** It can take more. */
  drains(): void {
    this.takes = true;
    this.#drained();
  }

  /** It has taken everything, or leaves. */
  closes(finished: boolean): void {
    this.finished = finished;
    this.#closed();
  }
}
