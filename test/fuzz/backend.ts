import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Peer } from '../support/peer.js';
import { marksIn } from './marks.js';
import { answerText, endOf, honest, type Plan } from './messages.js';
import { mutated, pieces } from './mutations.js';
import { type Body, bodyAt, framingOf, type Head, headAt, Malformed, valuesOf } from './wire.js';

/** A request that has come whole. */
export interface Received {
  readonly mark: string;
  readonly method: string;
  readonly target: string;
  readonly head: Head;
  readonly body: string;
}

const START = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\/[\x21-\x7e\x80-\xff]*|\*) HTTP\/1\.1$/;
const HOP_BY_HOP = ['keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate', 'expect'];

/** @throws Malformed for a head that no proxy should send */
function checkHead(head: Head): void {
  if (!START.test(head.start)) throw new Malformed(`request line ${JSON.stringify(head.start)}`);
  if (valuesOf(head, 'host').length !== 1) throw new Malformed('not one Host');
  const hop = HOP_BY_HOP.filter((name) => valuesOf(head, name).length > 0);
  if (hop.length > 0) throw new Malformed(`hop-by-hop ${hop}`);
  if (valuesOf(head, 'te').some((te) => te !== 'trailers')) throw new Malformed('TE other than trailers');
  const connection = valuesOf(head, 'connection').join().toLowerCase();
  const upgrade = valuesOf(head, 'upgrade').length;
  if (upgrade === 0 ? !/^(keep-alive|close|)$/.test(connection) : connection !== 'upgrade' || upgrade > 1) {
    throw new Malformed(`Connection ${connection}, ${upgrade} Upgrades`);
  }
}

/** A backend in bytes that forgives nothing and answers as it is told. */
export class Backend {
  readonly received: Received[] = [];
  readonly violations: string[] = [];
  readonly server: Server;
  readonly #planFor: (mark: string) => Plan | undefined;
  readonly #open = new Map<Peer, 'idle' | 'busy'>();
  /** Answers on their way. */
  #writing = 0;

  constructor(planFor: (mark: string) => Plan | undefined) {
    this.#planFor = planFor;
    this.server = createServer((socket) => {
      const peer = new Peer(socket);
      this.#open.set(peer, 'idle');
      void peer.closed.then(() => this.#open.delete(peer));
      // Rejects when the connection ends, as each does.
      this.#serve(peer).catch(() => {});
    });
  }

  get open(): number {
    return this.#open.size;
  }

  get writing(): number {
    return this.#writing;
  }

  /** Connections open on which something is going on. */
  get busy(): string[] {
    return [...this.#open].filter(([, state]) => state === 'busy').map(([peer]) => JSON.stringify(peer.text));
  }

  destroy(): void {
    for (const peer of this.#open.keys()) peer.socket.destroy();
    this.server.close();
  }

  #mark(peer: Peer, state: 'idle' | 'busy'): void {
    if (this.#open.has(peer)) this.#open.set(peer, state);
  }

  /** Resolves with what is read as soon as there is enough; what is no HTTP is noted. */
  async #read<T>(peer: Peer, what: () => T | undefined): Promise<T> {
    let found: T | undefined;
    let malformed: Malformed | undefined;
    const tried = (): boolean => {
      try {
        found = what();
        return found !== undefined;
      } catch (thrown) {
        malformed = thrown as Malformed;
        return true;
      }
    };
    await peer.when(tried, 'a message');
    if (malformed !== undefined) {
      this.violations.push(`the backend got: ${malformed.message} in ${JSON.stringify(peer.text.slice(0, 3000))}`);
      peer.socket.destroy();
      throw malformed;
    }
    return found as T;
  }

  async #serve(peer: Peer): Promise<void> {
    for (let at = 0; ; ) {
      const head = await this.#read(peer, () => {
        if (peer.received > at) this.#mark(peer, 'busy');
        const found = headAt(peer.text, at);
        if (found !== undefined) checkHead(found);
        return found;
      });
      const mark = marksIn(`${head.start} ${valuesOf(head, 'x-tag')}`)[0] ?? '';
      const plan = this.#planFor(mark) ?? honest;
      const method = START.exec(head.start)?.[1] ?? '';
      const target = START.exec(head.start)?.[2] ?? '';
      if (valuesOf(head, 'upgrade').length > 0 && plan.mutations.length + plan.extra.length === 0) {
        return await this.#tunnel(peer, mark, plan);
      }
      const answering = plan.early ? this.#answer(peer, plan, method, mark) : undefined;
      const framing = framingOf(head) ?? { kind: 'none' };
      const body: Body = await this.#read(peer, () => bodyAt(peer.text, head.end, framing));
      this.received.push({ mark, method, target, head, body: body.text });
      at = body.end;
      await (answering ?? this.#answer(peer, plan, method, mark, at));
      if (endOf(plan) === 'keep' && plan.cut === undefined) this.#mark(peer, 'idle');
    }
  }

  async #tunnel(peer: Peer, mark: string, plan: Plan): Promise<void> {
    const head = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Tag: ${mark}\r\n\r\n`;
    await this.#write(peer, `${head}tunnel of ${mark}`, plan);
    if (endOf(plan) === 'keep') await sleep(20);
    peer.socket.destroySoon();
  }

  /** @param read where the request ends: until it is answered, nothing more may come */
  async #answer(peer: Peer, plan: Plan, method: string, mark: string, read?: number): Promise<void> {
    const { text } = answerText(plan, method, mark);
    await this.#write(peer, mutated(text, plan.mutations), plan, read);
    const end = endOf(plan);
    if (end === 'fin') peer.socket.end();
    if (end === 'reset') setImmediate(() => peer.socket.resetAndDestroy());
  }

  async #write(peer: Peer, text: string, { pace }: Plan, read = Number.POSITIVE_INFINITY): Promise<void> {
    this.#writing++;
    try {
      for (const [i, piece] of pieces(text, pace).entries()) {
        if (i > 0) await sleep(pace.pause);
        if (peer.socket.destroyed) return;
        if (peer.received > read)
          this.violations.push(`the backend got more: ${JSON.stringify(peer.text.slice(read))}`);
        await new Promise<void>((resolve) => {
          peer.socket.once('close', resolve);
          peer.socket.write(Buffer.from(piece, 'latin1'), () => {
            peer.socket.off('close', resolve);
            resolve();
          });
        });
      }
    } finally {
      this.#writing--;
    }
  }
}
