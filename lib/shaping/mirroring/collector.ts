/**
 * A copy of a body that streams by. It holds nobody up: what is too long is dropped, and says so. One buffer that grows, so
 * that a client that sends single bytes costs no more than what it sends.
 */
export class Collector {
  readonly #most: number;
  readonly #over: (bytes: Buffer | undefined) => void;
  #buffer = Buffer.alloc(0);
  #size = 0;
  #ended = false;

  /** @param over told once: all of it, or undefined if it is too long or was cut short */
  constructor(most: number, over: (bytes: Buffer | undefined) => void) {
    this.#most = most;
    this.#over = over;
  }

  data(chunk: Buffer): void {
    if (this.#ended) return;
    const size = this.#size + chunk.length;
    if (size > this.#most) {
      this.#end(undefined);
      return;
    }
    if (size > this.#buffer.length) {
      // Not from Node's shared pool: a piece of that would keep all of it.
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#most, Math.max(size, 2 * this.#buffer.length, 1024)));
      this.#buffer.copy(grown, 0, 0, this.#size);
      this.#buffer = grown;
    }
    chunk.copy(this.#buffer, this.#size);
    this.#size = size;
  }

  end(): void {
    this.#end(this.#buffer.subarray(0, this.#size));
  }

  /** No more of it will come. */
  cut(): void {
    this.#end(undefined);
  }

  #end(bytes: Buffer | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#buffer = Buffer.alloc(0);
    this.#over(bytes);
  }
}
