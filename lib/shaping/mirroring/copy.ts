import type { Clock, Timer } from '../../core/clock.js';
import type { Flight, ResponseSink } from '../../core/engine.js';

/** Bytes of an answer that are read, so that its connection can be used again; a longer one costs the connection. */
const MOST_ANSWER = 1_048_576;

/** One copy on its way. Its answer is read and thrown away; it ends once, in time, whatever the backend does. */
export class Copy implements ResponseSink {
  readonly #over: (copy: Copy, ok: boolean) => void;
  readonly #timer: Timer;
  #flight: Flight | undefined;
  #ended = false;
  #read = 0;

  /** @param over told once; `ok` is false where no answer came, or not all of it in time */
  constructor(clock: Clock, timeout: number, over: (copy: Copy, ok: boolean) => void) {
    this.#over = over;
    this.#timer = clock.after(timeout, () => this.stop());
  }

  launch(send: (sink: ResponseSink) => Flight): void {
    try {
      this.#flight = send(this);
    } catch {
      // An engine of the user's own may throw; whatever it is, it is no client's business.
      this.#end(false);
    }
    // It may have ended while it was sent.
    if (this.#ended) this.#flight?.abort();
  }

  /** Gives it up. */
  stop(): void {
    if (this.#end(false)) this.#flight?.abort();
  }

  connected(): void {}

  sent(): void {}

  informational(): void {}

  head(): void {}

  data(chunk: Buffer): boolean {
    this.#read += chunk.length;
    if (this.#read > MOST_ANSWER && this.#end(true)) this.#flight?.abort();
    return true;
  }

  end(): void {
    this.#end(true);
  }

  fail(): void {
    this.#end(false);
  }

  #end(ok: boolean): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#timer.cancel();
    this.#over(this, ok);
    return true;
  }
}
