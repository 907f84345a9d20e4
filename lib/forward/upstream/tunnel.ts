import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../core/clock.js';
import { closeSoon } from '../../util/streams.js';
import { closeFrame, FrameTracker } from '../../util/websocket-frames.js';
import type { ResponseEdits } from '../response/head.js';

/** One end of a tunnel, with what was read from it already. */
export interface Side {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Hears how a tunnel fares. */
export interface TunnelWatch {
  /** So many bytes went to the backend. */
  sent(bytes: number): void;
  /** So many came from there. */
  received(bytes: number): void;
  /** One side has ended: what is left for the other may still be taken, but not for ever. */
  tunnelEnds(): void;
}

/**
 * Opens the tunnel once its backend has agreed.
 *
 * @param added lines of ours for the 101; @param done to be called when the tunnel is closed; @param map what is done to
 * each of the backend's lines
 */
export type TunnelOpener = (added: readonly string[], done: () => void, map: ResponseEdits['map']) => Tunnel;

/** How long a last word may take to go out, in ms. */
const LAST_WORD = 1_000;

/** What has passed, as frames: of a WebSocket both ways, of any other protocol nothing is known. */
interface Frames {
  readonly toClient: FrameTracker;
  readonly toBackend: FrameTracker;
}

/**
 * Joins two sockets until either ends: what it sent before that still reaches the other, then both are closed. A side
 * that is half open holds nothing up (nginx does the same).
 */
export class Tunnel {
  readonly #client: Duplex;
  readonly #backend: Duplex;
  readonly #frames: Frames | undefined;
  readonly #watch: TunnelWatch;
  /** `asked`: the client is to be told, once the frame under way is through; `told`: it has been. */
  #leave: 'no' | 'asked' | 'told' = 'no';

  /** @param done called when both are closed */
  constructor(client: Side, backend: Side, isWebSocket: boolean, watch: TunnelWatch, done: () => void) {
    this.#client = client.socket;
    this.#backend = backend.socket;
    this.#watch = watch;
    this.#frames = isWebSocket ? { toClient: new FrameTracker(), toBackend: new FrameTracker() } : undefined;
    let open = 2;
    const closed = (): void => {
      if (--open === 0) done();
    };
    this.#join(client, backend.socket, this.#fromClient, closed);
    this.#join(backend, client.socket, this.#fromBackend, closed);
  }

  /**
   * Asks the client of a WebSocket to leave, by a close frame with code 1012 between two frames of the backend's. What
   * the backend sends from there on is dropped: nothing may follow a close frame. The client's own close frame, behind
   * what else it has sent, goes to the backend, and both are closed.
   *
   * @returns false where there is no such way: of another protocol, or of a WebSocket that is none, nothing is known
   */
  leave(): boolean {
    if (this.#frames === undefined || this.#frames.toClient.lost) return false;
    if (this.#leave !== 'no') return true;
    this.#leave = 'asked';
    this.#backend.unpipe(this.#client);
    if (this.#frames.toClient.atBoundary) this.#tell();
    // Without a pipe nobody reads on.
    this.#backend.resume();
    return true;
  }

  /**
   * Ends it now. Each side of a WebSocket that stands between two frames is told so by a last one, which has a moment
   * to go out.
   */
  cut(clock: Clock): void {
    if (this.#frames === undefined) {
      this.destroy();
      return;
    }
    const { toClient, toBackend } = this.#frames;
    if (this.#leave === 'no') this.#backend.unpipe(this.#client);
    this.#client.unpipe(this.#backend);
    if (this.#leave !== 'told' && toClient.atBoundary) this.#tell();
    if (toBackend.atBoundary && !toBackend.closed && this.#backend.writable) this.#backend.write(closeFrame(true));
    // What comes from here on is read and dropped: a socket that is closed with bytes unread is reset, and the last word lost.
    this.#leave = 'told';
    for (const socket of [this.#client, this.#backend]) closeSoon(socket.resume());
    clock.after(LAST_WORD, () => this.destroy());
  }

  /** Breaks both sides off. */
  destroy(): void {
    this.#backend.destroy();
    this.#client.destroy();
  }

  readonly #fromClient = (chunk: Buffer): void => {
    this.#watch.sent(chunk.length);
    const frames = this.#frames?.toBackend;
    frames?.see(chunk);
    // It has answered: the pipe gives that to the backend, and the client waits for nothing but the end.
    if (this.#leave === 'told' && frames?.closed === true) closeSoon(this.#client);
  };

  readonly #fromBackend = (chunk: Buffer): void => {
    this.#watch.received(chunk.length);
    const frames = this.#frames?.toClient;
    if (frames === undefined || this.#leave === 'told') return;
    if (this.#leave === 'no') {
      frames.see(chunk);
      return;
    }
    const rest = chunk.subarray(0, frames.see(chunk, true));
    if (!this.#client.write(rest)) {
      this.#backend.pause();
      this.#client.once('drain', () => this.#backend.resume());
    }
    if (frames.atBoundary) this.#tell();
  };

  #tell(): void {
    this.#leave = 'told';
    if (this.#frames?.toClient.closed === false && this.#client.writable) this.#client.write(closeFrame(false));
  }

  #join({ socket, head }: Side, to: Duplex, onData: (chunk: Buffer) => void, closed: () => void): void {
    if (socket instanceof Socket) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      // The only way to notice a peer that vanished without a word.
      socket.setKeepAlive(true, 30_000);
    }
    if (head.length > 0) socket.unshift(head);
    socket.on('data', onData);
    socket.pipe(to);
    socket.once('end', () => {
      this.#watch.tunnelEnds();
      closeSoon(socket);
    });
    socket.once('close', () => {
      this.#watch.tunnelEnds();
      closeSoon(to);
      closed();
    });
  }
}
