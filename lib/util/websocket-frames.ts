const CLOSE = 8;

/** 1012, "service restart" (IANA's registry of close codes): come back, somebody else will have you. */
const RESTART = [0x03, 0xf4] as const;

/**
 * A close frame with code 1012. As a client's it is masked, as RFC 6455, 5.3 asks; with a key of zeros, which leaves the
 * bytes as they are: masking guards against bytes that somebody else has chosen, and these are ours.
 */
export function closeFrame(asClient: boolean): Buffer {
  return Buffer.from(asClient ? [0x88, 0x82, 0, 0, 0, 0, ...RESTART] : [0x88, 0x02, ...RESTART]);
}

/** 3 to 7 and 11 to 15 are reserved, and control frames come whole (5.4). */
function isPossible(opcode: number, whole: boolean): boolean {
  return (opcode & 0x07) <= 2 && (opcode < CLOSE || whole);
}

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2), to know where one ends: only there can a frame of
 * our own be put in. Payloads are skipped, not looked at.
 */
export class FrameTracker {
  /** Bytes of the payload still to come. */
  #left = 0;
  /** Bytes of the frame's header so far; 0 between two frames. */
  #at = 0;
  #opcode = 0;
  #lengthBytes = 0;
  #maskBytes = 0;
  #lost = false;
  #closed = false;

  /** Whether the last byte seen ended a frame, or none has begun; never where these are no frames. */
  get atBoundary(): boolean {
    return this.#at === 0 && !this.#lost;
  }

  /** What came is no WebSocket: nothing is known of it any more. */
  get lost(): boolean {
    return this.#lost;
  }

  /** A close frame has gone by, whole. */
  get closed(): boolean {
    return this.#closed;
  }

  /** @returns how many bytes were seen: all, or with `toBoundary` up to the first end of a frame */
  see(chunk: Buffer, toBoundary = false): number {
    let i = 0;
    while (i < chunk.length && !this.#lost) {
      if (this.#at > 0 && this.#inPayload) {
        const skipped = Math.min(this.#left, chunk.length - i);
        this.#left -= skipped;
        i += skipped;
      } else {
        this.#header(chunk[i] as number);
        i++;
      }
      if (this.#at > 0 && this.#inPayload && this.#left === 0) {
        this.#ended();
        if (toBoundary) return i;
      }
    }
    return chunk.length;
  }

  /** Whether the header is complete. */
  get #inPayload(): boolean {
    return this.#at >= 2 && this.#lengthBytes === 0 && this.#maskBytes === 0;
  }

  #header(byte: number): void {
    if (this.#at === 0) {
      this.#opcode = byte & 0x0f;
      this.#lost = !isPossible(this.#opcode, byte >= 0x80);
    } else if (this.#at === 1) {
      this.#lengths(byte & 0x7f, byte >= 0x80);
    } else if (this.#lengthBytes > 0) {
      this.#left = this.#left * 256 + byte;
      this.#lengthBytes--;
    } else {
      this.#maskBytes--;
    }
    this.#at++;
  }

  #lengths(length: number, masked: boolean): void {
    this.#left = length < 126 ? length : 0;
    this.#lengthBytes = length < 126 ? 0 : length === 126 ? 2 : 8;
    this.#maskBytes = masked ? 4 : 0;
    // Control frames are short (5.5).
    this.#lost = this.#opcode >= CLOSE && length > 125;
  }

  #ended(): void {
    this.#at = 0;
    if (this.#opcode === CLOSE) this.#closed = true;
  }
}
