import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { PickContext } from '../core/strategy.js';

/** What a strategy is told of each client's requests: made when first asked for, then the same object always. */
export class Contexts {
  readonly #keys: readonly string[];
  readonly #made: (PickContext | undefined)[];
  /** One for all: it is never opened, and an idle one holds no file. */
  readonly #socket = new Socket();

  constructor(keys: readonly string[]) {
    this.#keys = keys;
    this.#made = keys.map(() => undefined);
  }

  get size(): number {
    return this.#keys.length;
  }

  of(index: number): PickContext {
    const known = this.#made[index];
    if (known !== undefined) return known;
    const key = this.#keys[index] ?? '';
    const context: PickContext = { key, attempt: 0, request: this.#request(key) };
    this.#made[index] = context;
    return context;
  }

  /** Carries the key in whatever a strategy may be told to hash: path, query, header, cookie. */
  #request(key: string): IncomingMessage {
    const text = encodeURIComponent(key);
    const request = new IncomingMessage(this.#socket);
    request.method = 'GET';
    request.url = `/items/${text}?key=${text}`;
    request.headers = { host: 'simulated.test', 'x-key': text, cookie: `key=${text}`, 'x-forwarded-for': text };
    request.rawHeaders = Object.entries(request.headers).flatMap(([name, value]) => [name, String(value)]);
    return request;
  }
}
