import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Listening, listen } from './listen.js';

/** How a connection came to its end, seen from this side. */
export interface Closed {
  /** Everything that was received, one character a byte. */
  readonly text: string;
  /** The other side ended it with a FIN, not with a reset. */
  readonly clean: boolean;
}

/** One end of a TCP connection that sends exact bytes and shows exact bytes (one character a byte). */
export class Peer {
  readonly socket: Socket;
  readonly closed: Promise<Closed>;
  #chunks: Buffer[] = [];
  #length = 0;
  #over = false;
  #ended = false;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    let failed = false;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', () => {
      failed = true;
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#over = true;
        this.#wake();
        resolve({ text: this.text, clean: this.#ended && !failed });
      });
    });
  }

  /** What has been received so far. */
  get text(): string {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]?.toString('latin1') ?? '';
  }

  get received(): number {
    return this.#length;
  }

  write(text: string | Buffer): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Resolves with what was received as soon as it matches; rejects if the connection ends without. */
  until(what: string | RegExp): Promise<string> {
    const matches = (text: string): boolean => (typeof what === 'string' ? text.includes(what) : what.test(text));
    return this.when(() => matches(this.text), String(what));
  }

  untilBytes(count: number): Promise<string> {
    return this.when(() => this.#length >= count, `${count} bytes`);
  }

  when(holds: () => boolean, what: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const met = holds();
        if (!met && !this.#over) return;
        this.#waiting.delete(check);
        if (met) resolve(this.text);
        else reject(new Error(`the connection ended before ${what} came: ${JSON.stringify(this.text.slice(0, 2000))}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

/** A client that has just connected. */
export async function rawClient(port: number): Promise<Peer> {
  const socket = connect({ port, host: '127.0.0.1' });
  const peer = new Peer(socket);
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return peer;
}

/** Sends bytes and returns all that comes until the other side closes. */
export async function rawExchange(port: number, bytes: string): Promise<Closed> {
  const peer = await rawClient(port);
  peer.write(bytes);
  return peer.closed;
}

export interface RawOrigin extends Listening {
  /** Connections in order of arrival, those closed included. */
  readonly peers: readonly Peer[];
  /** Resolves with the connection of this index once it is there. */
  readonly peer: (index: number) => Promise<Peer>;
}

/** A server that speaks in bytes. What `serve` waits for may never come: then the test says so, not this. */
export async function rawOrigin(serve: (peer: Peer, index: number) => unknown = () => {}): Promise<RawOrigin> {
  const peers: Peer[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    for (const wake of waiting.splice(0)) wake();
    Promise.resolve(serve(peer, peers.length - 1)).catch(() => {});
  });
  const peer = async (index: number): Promise<Peer> => {
    for (;;) {
      const found = peers[index];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { ...(await listen(server)), peers, peer };
}

/** An origin that gives one answer, byte for byte, to each request head, and then does to the connection what it is told. */
export function answering(answer: string, then: 'keep' | 'end' | 'reset' = 'keep'): Promise<RawOrigin> {
  return rawOrigin(async (peer) => {
    await peer.until('\r\n\r\n');
    peer.socket.write(Buffer.from(answer, 'latin1'), () => {
      if (then === 'end') peer.socket.end();
      // Only once it has been sent: a reset discards what is still on its way.
      if (then === 'reset') setImmediate(() => peer.socket.resetAndDestroy());
    });
  });
}
