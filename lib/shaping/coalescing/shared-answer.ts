import type { Backend, BackendRecord } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import { FairleadError } from '../../core/errors.js';
import type { Outcome } from '../../core/outcome.js';
import type { Audience, Recipient, ResponseHead } from '../../core/recipient.js';
import type { HeaderList } from '../../util/header-list.js';
import type { Guest } from './guest.js';
import { Member, type MemberEnd, type MemberWatcher } from './member.js';
import { Patience } from './patience.js';
import { type Fits, saidIn } from './shareable.js';

/** Who keeps it where others find it. */
export interface Keeper {
  /** Whom an answer fits. */
  judge(head: ResponseHead): Fits;
  /** Nobody can join any more. May be called again. */
  closed(): void;
}

/**
 * One exchange with a backend whose answer several clients get. Who joins before the answer's head gets it from its first
 * byte; nobody joins later. The exchange lasts as long as one of them is there, whoever asked first.
 */
export class SharedAnswer implements Audience, MemberWatcher {
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #keeper: Keeper;
  readonly #members = new Set<Member>();
  readonly #gone = new Set<() => void>();
  readonly #patience: Patience;
  #leader: Member | undefined;
  #turn: Turn | undefined;
  /** Who was asked last, where nobody has answered. */
  #asked: Backend | undefined;
  /** At least one of them got all of it. */
  #taken = false;

  constructor(maxBytes: number, clock: Clock, keeper: Keeper) {
    this.#maxBytes = maxBytes;
    this.#clock = clock;
    this.#keeper = keeper;
    this.#patience = new Patience(clock, () => this.#waitedInVain());
  }

  /** The first to join is the one whose request goes out. */
  join(guest: Guest): Member {
    const member = new Member(guest, this.#maxBytes, this.#clock, this);
    this.#members.add(member);
    this.#leader ??= member;
    return member;
  }

  get members(): ReadonlySet<Member> {
    return this.#members;
  }

  get gone(): boolean {
    return this.#members.size === 0;
  }

  /** The backend whose answer they get, once there is one; or which failed them. */
  get backend(): Backend | undefined {
    return this.#turn?.backend ?? this.#asked;
  }

  get taken(): boolean {
    return this.#taken;
  }

  recipient(backend: BackendRecord, onDrain: () => void): Recipient {
    return new Turn(this, backend, onDrain);
  }

  whenClosed(gone: () => void): () => void {
    this.#gone.add(gone);
    return () => this.#gone.delete(gone);
  }

  /** An answer has come, and those it fits get it. The others go on their own. */
  answers(turn: Turn, head: ResponseHead, last = false): void {
    this.#turn = turn;
    const fits = this.#keeper.judge(head);
    this.#keeper.closed();
    for (const member of this.#members) if (!this.#suits(member, fits)) member.leave('alone');
    const failed = new Map<Member, unknown>();
    const { size } = this.#members;
    for (const member of this.#members) {
      try {
        member.head(head, turn.backend, last);
      } catch (cause) {
        member.forget();
        failed.set(member, cause);
      }
    }
    for (const [member, cause] of failed) {
      // Nobody has had anything of it: the attempt itself has failed, and another may follow.
      if (failed.size === size) throw cause;
      member.failed(new FairleadError('FAIRLEAD_ENGINE', 'the answer cannot be sent on to this client', { cause }));
    }
    // Told once the attempt has taken note of its head: it ends as one whose client has gone.
    if (this.#members.size === 0) queueMicrotask(() => this.#empty());
  }

  /** Whether the attempt is to bring more: the fastest sets the pace, but for moments in which it waits for the others. */
  get takesMore(): boolean {
    if (this.#patience.waits) return false;
    for (const member of this.#members) if (member.keepsUp) return true;
    return this.#members.size === 0;
  }

  write(chunk: Buffer): void {
    for (const member of this.#members) member.write(chunk);
    this.#look();
  }

  finish(trailers: HeaderList): void {
    for (const member of this.#members) member.finish(trailers);
    this.#patience.look(false);
  }

  drained(member: Member): void {
    const turn = this.#turn;
    const waited = this.#patience.waits;
    if (waited) this.#look();
    // One that is still behind asks for nothing new; at the end each one's progress counts.
    if (turn?.ended === true || (waited ? this.takesMore : member.keepsUp)) turn?.onDrain();
  }

  left(member: Member, end: MemberEnd): void {
    this.#members.delete(member);
    if (end !== 'alone' && end.kind === 'answered') this.#taken = true;
    if (this.#patience.waits) {
      this.#look();
      if (this.takesMore) this.#turn?.onDrain();
    }
    // Whoever was sent on its way by an answer's head is counted there.
    if (this.#members.size === 0 && end !== 'alone') this.#empty();
  }

  /** The exchange is over: those who are left have waited in vain, or have been cut off. */
  over(outcome: Outcome, asked?: Backend): void {
    this.#asked = asked;
    this.#patience.look(false);
    this.#keeper.closed();
    for (const member of [...this.#members]) {
      if (outcome.kind !== 'failed') member.breakOff({ kind: 'aborted' });
      else if (outcome.committed) member.breakOff({ kind: 'failed', error: outcome.error, committed: true });
      else member.failed(outcome.error);
    }
  }

  #look(): void {
    let lags = false;
    for (const member of this.#members) lags ||= member.lags;
    this.#patience.look(lags);
  }

  /** Who has not caught up by now is not waited for again: once it is too far behind, it is cut off. */
  #waitedInVain(): void {
    for (const member of this.#members) if (member.lags) member.awaited = false;
    if (this.takesMore) this.#turn?.onDrain();
  }

  #suits(member: Member, fits: Fits): boolean {
    const leader = this.#leader;
    if (member === leader || leader === undefined) return true;
    if (fits === 'asker') return false;
    return fits.length === 0 || saidIn(member.guest.request, fits) === saidIn(leader.guest.request, fits);
  }

  #empty(): void {
    this.#keeper.closed();
    for (const gone of [...this.#gone]) gone();
  }
}

/** One attempt's way to all of them. */
class Turn implements Recipient {
  readonly backend: BackendRecord;
  readonly onDrain: () => void;
  readonly #shared: SharedAnswer;
  #ended = false;

  constructor(shared: SharedAnswer, backend: BackendRecord, onDrain: () => void) {
    this.#shared = shared;
    this.backend = backend;
    this.onDrain = onDrain;
  }

  get gone(): boolean {
    return this.#shared.gone;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get finished(): boolean {
    return this.#ended && this.#shared.taken;
  }

  get waitsForClient(): boolean {
    return this.#ended || !this.#shared.takesMore;
  }

  whenClosed(closed: () => void): () => void {
    return this.#shared.whenClosed(closed);
  }

  informational(status: number, headers: HeaderList): void {
    for (const member of this.#shared.members) member.informational(status, headers, this.backend);
  }

  head(head: ResponseHead, last = false): void {
    this.#shared.answers(this, head, last);
  }

  write(chunk: Buffer): boolean {
    this.#shared.write(chunk);
    return this.#shared.takesMore;
  }

  end(trailers: HeaderList): void {
    this.#shared.finish(trailers);
    this.#ended = true;
  }

  stop(): void {}

  breakOff(): void {}
}
