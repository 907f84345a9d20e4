import type { BackendRecord } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import { FairleadError } from '../../core/errors.js';
import { type Ending, type Outcome, outcomeOf } from '../../core/outcome.js';
import type { Recipient, ResponseHead } from '../../core/recipient.js';
import type { HeaderList } from '../../util/header-list.js';
import type { Guest } from './guest.js';

/** How it ended for one client; `'alone'`: nothing has been sent to it, and it needs an exchange of its own. */
export type MemberEnd = Outcome | 'alone';

/** What a member tells those it shares with. */
export interface MemberWatcher {
  /** It can take more. */
  drained(member: Member): void;
  /** It is no member any more. */
  left(member: Member, end: MemberEnd): void;
}

/** One of the clients that share an answer, at its own pace. */
export class Member {
  readonly guest: Guest;
  /** How it ended. Never rejects. */
  readonly end: Promise<MemberEnd>;
  /** Whether the others wait for it where it is far behind. */
  awaited = true;
  #resolve: (end: MemberEnd) => void = () => {};
  readonly #clock: Clock;
  readonly #since: number;
  readonly #maxBytes: number;
  readonly #watcher: MemberWatcher;
  readonly #stopWaiting: () => void;
  #recipient: Recipient | undefined;
  /** Whose answers that takes. */
  #backend: BackendRecord | undefined;
  #status = 0;
  #responseTime = -1;
  #bytesOut = 0;
  /** What has come and could not be written yet; the pieces are shared with the other members. */
  #queue: Buffer[] = [];
  #behind = 0;
  #stalled = false;
  /** Everything has come: what follows the queue. */
  #trailers: HeaderList | undefined;
  #left = false;

  /** @param maxBytes how far it may fall behind */
  constructor(guest: Guest, maxBytes: number, clock: Clock, watcher: MemberWatcher) {
    this.guest = guest;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#since = clock.now();
    this.#watcher = watcher;
    this.end = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#stopWaiting = guest.whenClosed(() => this.#closed());
  }

  /** Whether it waits for nothing but the answer. */
  get keepsUp(): boolean {
    return !this.#stalled;
  }

  /** Whether it holds the others up: more than half of what it may be behind. */
  get lags(): boolean {
    return this.awaited && this.#behind > this.#maxBytes / 2;
  }

  informational(status: number, headers: HeaderList, backend: BackendRecord): void {
    this.#open(backend).informational(status, headers);
  }

  /** @throws what makes the head one that cannot be sent on */
  head(head: ResponseHead, backend: BackendRecord, last = false): void {
    this.#open(backend).head(head, last);
    this.#status = head.status;
    this.#responseTime = this.#clock.now() - this.#since;
  }

  write(chunk: Buffer): void {
    if (this.#recipient?.ended === true) return;
    if (!this.#stalled) {
      this.#write(chunk);
      return;
    }
    this.#queue.push(chunk);
    this.#behind += chunk.length;
    // Its companions are not to wait for it, nor memory to grow: of what it has it can tell that it is not whole.
    if (this.#behind > this.#maxBytes) this.breakOff({ kind: 'aborted' });
  }

  /** @throws Error when the answer is shorter than announced */
  finish(trailers: HeaderList): void {
    this.#trailers = trailers;
    if (!this.#stalled && this.#recipient?.ended === false) this.#recipient.end(trailers);
  }

  /** The connection breaks, so that what came cannot look whole. */
  breakOff(ending: Ending): void {
    const recipient = this.#recipient;
    this.leave(this.#outcome(ending));
    recipient?.breakOff();
  }

  /** The exchange has failed before it had an answer. */
  failed(error: FairleadError): void {
    this.leave(this.#outcome({ kind: 'failed', error, committed: false }));
  }

  leave(end: MemberEnd): void {
    if (this.#left) return;
    this.#left = true;
    this.#queue = [];
    this.#stopWaiting();
    this.#recipient?.stop();
    this.#watcher.left(this, end);
    this.#resolve(end);
  }

  /** Nothing has come of this attempt: another begins anew. */
  forget(): void {
    this.#recipient = undefined;
  }

  #open(backend: BackendRecord): Recipient {
    // Another backend's answer has lines of its own, such as those that pin the client to it.
    if (this.#recipient === undefined || this.#backend !== backend) {
      this.#recipient = this.guest.open(backend, () => this.#drain());
      this.#backend = backend;
    }
    return this.#recipient;
  }

  #write(chunk: Buffer): void {
    this.#bytesOut += chunk.length;
    this.#stalled = this.#recipient?.write(chunk) === false;
  }

  #drain(): void {
    this.#stalled = false;
    while (!this.#stalled && this.#queue.length > 0) {
      const chunk = this.#queue.shift() as Buffer;
      this.#behind -= chunk.length;
      this.#write(chunk);
    }
    if (this.#trailers !== undefined && !this.#stalled && !this.#left) this.#endLate(this.#trailers);
    this.#watcher.drained(this);
  }

  #endLate(trailers: HeaderList): void {
    try {
      if (this.#recipient?.ended === false) this.#recipient.end(trailers);
    } catch (cause) {
      const error = new FairleadError('FAIRLEAD_RESPONSE_BODY', 'the shared answer broke off', { cause });
      this.breakOff({ kind: 'failed', error, committed: true });
    }
  }

  #closed(): void {
    this.leave(this.#outcome({ kind: this.#recipient?.finished === true ? 'answered' : 'aborted' }));
  }

  #outcome(ending: Ending): Outcome {
    const bytes = { bytesIn: 0, bytesOut: this.#bytesOut };
    return outcomeOf(ending, this.#status, this.#responseTime, this.#clock.now() - this.#since, bytes);
  }
}
