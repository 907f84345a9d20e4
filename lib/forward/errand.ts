import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Look } from '../core/affinity.js';
import type { BackendRecord } from '../core/backend.js';
import type { Exchange } from '../core/exchange.js';
import type { Outcome } from '../core/outcome.js';
import type { Audience, Recipient } from '../core/recipient.js';
import type { AttemptTrace } from '../core/tracer.js';
import type { HeaderList } from '../util/header-list.js';
import { isIdempotent } from '../util/methods.js';
import { announcesBody, type BodyForm, bodyOf, type RequestBody } from './request/body.js';
import type { BodyTap } from './request/replayable-body.js';
import { hasGone, whenClosed } from './response/client-gone.js';
import { Delivery } from './response/delivery.js';
import type { AnswerHead, ResponseEdits } from './response/head.js';

/** What all attempts of one request share: its body, and the time it has. */
export class Errand {
  readonly exchange: Exchange;
  /** When all of it must be over, by the balancer's clock; Infinity for never. */
  readonly deadline: number;
  readonly #keeps: (request: IncomingMessage) => number;
  #body: RequestBody | undefined;
  readonly #context = new AsyncResource('FairleadRequest');

  /** Who gets its answer in place of its own client; undefined where that does. */
  readonly audience: Audience | undefined;

  /** @param keeps how many bytes of its body are kept for another attempt; asked only if it has one to be streamed */
  constructor(
    exchange: Exchange,
    deadline: number,
    keeps: (request: IncomingMessage) => number,
    audience?: Audience | undefined,
  ) {
    this.exchange = exchange;
    this.audience = audience;
    this.deadline = deadline;
    this.#keeps = keeps;
  }

  /** @throws FairleadError FAIRLEAD_BODY_CONSUMED when something in front has read it and left nothing to send */
  get body(): RequestBody {
    this.#body ??= bodyOf(this.exchange.request, this.#keeps);
    return this.#body;
  }

  /**
   * Has its body told as it streams by, or at once if it is at hand.
   *
   * @throws FairleadError as `body` does
   */
  tap(tap: BodyTap): void {
    const { body } = this;
    if (body.kind === 'stream') {
      body.stream.tap(tap);
      return;
    }
    if (body.kind === 'bytes') tap.data(body.bytes);
    tap.end();
  }

  /** What the head of a copy says of these bytes. What came from the client is still packed as its head says. */
  formOf(bytes: Buffer): BodyForm {
    return this.body.kind === 'stream' ? { kind: 'stream', length: String(bytes.length) } : this.body;
  }

  /** Bytes of a body that goes out at once, as soon as a connection stands. */
  get bytesAtHand(): number {
    return this.#body?.kind === 'bytes' ? this.#body.bytes.length : 0;
  }

  /** Whether it can be sent from its start. */
  get repeatable(): boolean {
    return this.#body?.kind !== 'stream' || this.#body.stream.replayable;
  }

  /** Whether it can be sent from its start, and does no harm if it has been carried out before. */
  get mayGoTwice(): boolean {
    return isIdempotent(this.exchange.request.method) && this.repeatable;
  }

  /** Whether it can be sent while it is being sent. */
  get repeatableAtOnce(): boolean {
    return this.#body?.kind !== 'stream' || this.#body.stream.whole;
  }

  /** Whether a part of its body has yet to come from the client. */
  get incomplete(): boolean {
    const { request } = this.exchange;
    return announcesBody(request) && !request.complete;
  }

  /** Whether it is the client that everyone waits for: it has not sent its body, and nobody holds it up. */
  get awaitsClient(): boolean {
    return this.incomplete && !this.exchange.request.isPaused();
  }

  /** Who gets the answer of this backend. @param onDrain called when they can take more after `write` has returned false */
  recipient(backend: BackendRecord, edits: ResponseEdits, onDrain: () => void): Recipient {
    return this.audience?.recipient(backend, onDrain) ?? new Delivery(this.exchange, edits, onDrain);
  }

  /** Whether nobody waits for the answer any more. */
  get gone(): boolean {
    return this.audience?.gone ?? hasGone(this.exchange);
  }

  /** Calls `gone` when nobody waits for the answer any more. @returns what ends the waiting */
  whenGone(gone: () => void): () => void {
    return this.audience?.whenClosed(gone) ?? whenClosed(this.exchange.response, gone);
  }

  /** An answer has been taken: it will not be sent again. */
  committed(): void {
    if (this.#body?.kind === 'stream') this.#body.stream.forget();
  }

  /**
   * Runs this in the context (AsyncLocalStorage) in which the request came. A timer that is shared, and a connection that
   * is used again, have that of another request.
   */
  inContext(run: () => void): void {
    this.#context.runInAsyncScope(run);
  }

  /** It is over, whatever came of it. */
  end(): void {
    if (this.#body?.kind === 'stream') this.#body.stream.drop();
  }
}

/** What an attempt is told besides its errand. */
export interface Terms {
  /** Header lines that pin the client to this backend; asked for at the commit point. */
  readonly pin: (answer: AnswerHead) => HeaderList;
  /** Who is to see the first bytes of an answer, before the client gets them. */
  readonly look?: ((answer: AnswerHead) => Look | undefined) | undefined;
  /**
   * Asked once, at the commit point, whether the client is to get this answer. When not, it is dropped, and the response
   * left to another attempt. Absent: it is.
   */
  readonly takes?: ((status: number, headers: HeaderList) => boolean) | undefined;
  /** Given, before anything is sent, a function that ends the attempt in `aborted` without touching the client. */
  readonly started?: ((abandon: () => void) => void) | undefined;
  /** Told of the outcome, before anybody else. */
  readonly over?: ((outcome: Outcome) => void) | undefined;
  /** Follows the attempt; absent without the option `tracing`. */
  readonly trace?: AttemptTrace | undefined;
}
