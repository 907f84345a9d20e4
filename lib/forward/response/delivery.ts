import { ServerResponse } from 'node:http';
import { atTurnsEnd } from '../../core/clock.js';
import { FairleadError } from '../../core/errors.js';
import type { Arrival } from '../../core/exchange.js';
import type { Recipient, ResponseHead } from '../../core/recipient.js';
import { type HeaderList, headerValues } from '../../util/header-list.js';
import { ProtocolError } from '../failure.js';
import { passableTrailers } from '../hop-by-hop.js';
import { announcedLength, breakOff, endsConnection, isBodiless } from './body.js';
import { hasGone, whenClosed } from './client-gone.js';
import { type ResponseEdits, writeHead } from './head.js';
import { writeInterim } from './interim.js';

/** An answer on its way to the client, at the client's pace. */
export class Delivery implements Recipient {
  readonly #arrival: Arrival;
  readonly #response: ServerResponse;
  readonly #edits: ResponseEdits;
  readonly #onDrain: () => void;
  /** Bytes of the body still to come, where the backend announced them. */
  #left: number | undefined;
  #trailersAnnounced = false;
  #begun = false;
  #ended = false;
  #stalled = false;
  #listens = false;

  /** @param onDrain called when the client can take more after `write` has returned false */
  constructor(arrival: Arrival, edits: ResponseEdits, onDrain: () => void) {
    this.#arrival = arrival;
    this.#response = arrival.response;
    this.#edits = edits;
    this.#onDrain = onDrain;
  }

  get gone(): boolean {
    return hasGone(this.#arrival);
  }

  get finished(): boolean {
    return this.#response.writableFinished && this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get waitsForClient(): boolean {
    return this.#stalled || this.#ended;
  }

  /** The last word on a response, after its end as after a broken connection. */
  whenClosed(closed: () => void): () => void {
    return whenClosed(this.#response, closed);
  }

  informational(status: number, headers: HeaderList): void {
    writeInterim(this.#response, status, headers);
  }

  head(head: ResponseHead, last = false): void {
    const response = this.#response;
    if (response.headersSent) throw new FairleadError('FAIRLEAD_ENGINE', 'the app has already answered this request');
    for (const coding of headerValues(head.headers, 'transfer-encoding')) {
      // The engine has taken off the chunks and nothing else: the client would take coded bytes for plain ones.
      if (coding.trim().toLowerCase() !== 'chunked') throw new ProtocolError(`Transfer-Encoding ${coding}`);
    }
    if (head.status < 200 || head.status > 999) throw new RangeError(`status ${head.status}`);
    if (last) endsConnection(response);
    writeHead(response, head, this.#edits);
    this.#trailersAnnounced = headerValues(head.headers, 'trailer').length > 0;
    this.#left = announcedLength(response.req.method, head.status, head.headers);
    // Its end follows at once.
    if (isBodiless(response.req.method, head.status)) return;
    // It waits behind others (pipelining), and what Node has written to it, a 100 Continue, waits with it. Node puts a
    // head that leaves with the first bytes in front of that; one that leaves alone goes behind it.
    if (response.socket === null) this.flush();
    // Head and first bytes usually come together and then leave together; a head that is alone leaves with this turn.
    if (lone.push(this) === 1) atTurnsEnd(flushLoneHeads);
  }

  flush(): void {
    const response = this.#response;
    if (this.#begun || response.destroyed) return;
    this.#begun = true;
    if (response.req.httpVersionMajor === 2) response.flushHeaders();
    // Node's own `flushHeaders` writes a head in UTF-8, and makes two of a byte above 0x7f.
    else ServerResponse.prototype.write.call(response, '', 'latin1');
  }

  write(chunk: Buffer): boolean {
    const whole = !this.#begun;
    this.#begun = true;
    if (this.#left !== undefined) {
      this.#left -= chunk.length;
      if (this.#left === 0) {
        this.#ended = true;
        if (whole && chunk.length <= SMALL) endAtOnce(this.#response, chunk);
        // The last bytes leave with the end of the response: one write less.
        else this.#response.end(chunk);
        return true;
      }
    }
    if (this.#response.write(chunk)) return true;
    this.#stalled = true;
    // Once and for all: middleware that lends the response its own stream (compression) loses track of `once`.
    if (!this.#listens) this.#response.on('drain', this.#drained);
    this.#listens = true;
    return false;
  }

  end(trailers: HeaderList): void {
    if (this.#left !== undefined && this.#left > 0) throw new Error('the answer is shorter than announced');
    this.#ended = true;
    this.#begun = true;
    if (trailers.length > 0 && this.#trailersAnnounced) {
      const pairs = passableTrailers(trailers);
      // The compatibility API of HTTP/2 reads an object only.
      this.#response.addTrailers(this.#response.req.httpVersionMajor === 2 ? Object.fromEntries(pairs) : pairs);
    }
    this.#response.end();
  }

  stop(): void {
    if (this.#listens) this.#response.off('drain', this.#drained);
  }

  breakOff(): void {
    breakOff(this.#arrival);
  }

  readonly #drained = (): void => {
    this.#stalled = false;
    this.#onDrain();
  };
}

/** Up to here copying a body costs less than a second piece for the kernel to gather. */
const SMALL = 16_384;

/**
 * Ends a response whose body is all there. As text it is joined to the head by Node, and uncorked before the end it
 * leaves in a plain `write`: gathering head, body and end (`writev`) took a tenth of the whole time of a small request.
 */
function endAtOnce(response: ServerResponse, body: Buffer): void {
  // Not through middleware that has wrapped the response, nor where another response has the socket (pipelining).
  if (response.write !== ServerResponse.prototype.write || response.socket === null) {
    response.end(body);
    return;
  }
  response.write(body.toString('latin1'), 'latin1');
  response.socket.uncork();
  response.end();
}

/** Those that have begun in this turn of the event loop: to look at them together costs less than to come back for each. */
let lone: Delivery[] = [];

function flushLoneHeads(): void {
  const begun = lone;
  lone = [];
  for (const delivery of begun) delivery.flush();
}
