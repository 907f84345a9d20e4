import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../core/clock.js';
import type { Hello } from './page/protocol.js';

/** Milliseconds from picture to picture. */
const EVERY = 1_000;
/** Frames in a row that a viewer may sleep through. */
const PATIENCE = 30;
/** At the same time: more are none that look, and each costs a little. */
const MOST = 100;

/** Where frames come from. */
export interface Source {
  /** Takes a picture, and returns what has changed since the one before. */
  next(): string;
  /** Everything, as of the latest picture. */
  full(): string;
  /** The first viewer has come (true), the last one has gone (false). */
  looking(anyone: boolean): void;
}

interface Viewer {
  readonly response: ServerResponse;
  /** Its socket has not taken the frame before; it gets none until it has. */
  asleep: boolean;
  /** Frames that it has slept through. */
  missed: number;
}

const framed = (data: string): string => `data: ${data}\n\n`;

/**
 * Those who look, and one timer for all of them, which runs only while there is anyone. A frame is written once to each;
 * whoever is slower than that misses frames, and gets a full one when it is back; nothing piles up for it.
 */
export class Viewers {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #viewers = new Set<Viewer>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(source: Source, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** Begins a stream of server-sent events; false if there are too many of them. */
  add(response: ServerResponse, hello: Hello): boolean {
    if (this.#closed || this.#viewers.size >= MOST) return false;
    const viewer: Viewer = { response, asleep: false, missed: 0 };
    response.on('close', () => this.#remove(viewer));
    response.on('error', () => this.#remove(viewer));
    response.on('drain', () => {
      viewer.asleep = false;
    });
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      // A compressor in front would hold frames back; so would nginx.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: 2000\nevent: hello\n${framed(JSON.stringify(hello))}`);
    if (this.#viewers.size === 0) this.#begin();
    this.#viewers.add(viewer);
    this.#write(viewer, framed(this.#source.full()));
    return true;
  }

  /** Ends all streams, and begins no other. What a viewer that sleeps has not taken is not waited for. */
  close(): void {
    this.#closed = true;
    for (const { response, asleep } of [...this.#viewers]) {
      if (asleep) response.destroy();
      else response.end();
    }
  }

  #begin(): void {
    this.#source.looking(true);
    this.#source.next();
    this.#timer = this.#clock.after(EVERY, () => this.#tick());
  }

  #tick(): void {
    const frame = framed(this.#source.next());
    for (const viewer of [...this.#viewers]) this.#show(viewer, frame);
    this.#timer?.refresh();
  }

  #show(viewer: Viewer, frame: string): void {
    if (viewer.asleep) {
      viewer.missed++;
      if (viewer.missed < PATIENCE) return;
      viewer.response.destroy();
      // A response of HTTP/2 whose stream has been reset says nothing more.
      this.#remove(viewer);
      return;
    }
    this.#write(viewer, viewer.missed === 0 ? frame : framed(this.#source.full()));
    viewer.missed = 0;
  }

  #write(viewer: Viewer, text: string): void {
    viewer.asleep = !viewer.response.write(text);
  }

  #remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer) || this.#viewers.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#source.looking(false);
  }
}
