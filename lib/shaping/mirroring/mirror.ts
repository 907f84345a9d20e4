import type { Backend } from '../../core/backend.js';
import type { Clock } from '../../core/clock.js';
import type { Engine, UpstreamRequest } from '../../core/engine.js';
import type { Exchange } from '../../core/exchange.js';
import type { Random } from '../../core/random.js';
import { Collector } from './collector.js';
import { Copy } from './copy.js';

/** The line that says of a request that it is a copy; its value is the name of the balancer that made it. */
export const MARK = 'X-Fairlead-Mirrored';
const MARK_KEY = MARK.toLowerCase();

/** Copies so far. */
export interface MirrorCounts {
  /** Sent off. */
  readonly sent: number;
  /** Of these, those that got no answer, or not all of it in time. */
  readonly failed: number;
  /** Not sent: the body too long or cut short, too many under way, or a request that no backend should see. */
  readonly skipped: number;
}

/** A request to be copied. */
export interface Original {
  readonly exchange: Exchange;
  /** What its body is known to come to; undefined where that is not known. */
  readonly length: number | undefined;
  /** Has the collector told of its body, at once or as it streams by. */
  collect(collector: Collector): void;
  /** It as a backend is to get it. @throws for a request that no backend should see */
  compose(backend: Backend, body: Buffer): UpstreamRequest;
}

export interface MirrorSettings {
  readonly name: string;
  readonly backends: readonly Backend[];
  readonly percent: number;
  /** Undefined for all. */
  readonly methods?: readonly string[] | undefined;
  readonly maxBytes: number;
  readonly maxConcurrent: number;
  /** In ms. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly engine: Engine;
  /** Whether the engine is the mirror's own, to be closed with it. */
  readonly ownsEngine: boolean;
}

/** Sends copies of requests, and forgets them. Nothing here throws, waits or holds anybody up. */
export class Mirror {
  readonly #settings: MirrorSettings;
  readonly #methods: ReadonlySet<string> | undefined;
  readonly #copies = new Set<Copy>();
  /** Copies whose body is still coming. */
  #collecting = 0;
  #turn = 0;
  #closed: Promise<void> | undefined;
  #sent = 0;
  #failed = 0;
  #skipped = 0;

  constructor(settings: MirrorSettings) {
    this.#settings = settings;
    this.#methods = settings.methods && new Set(settings.methods);
  }

  get counts(): MirrorCounts {
    return { sent: this.#sent, failed: this.#failed, skipped: this.#skipped };
  }

  /** Whether this request is one of those that are copied; draws once for each that may be. */
  wants({ request, upgrade }: Exchange): boolean {
    const { percent, random } = this.#settings;
    if (upgrade !== undefined || this.#methods?.has(request.method ?? 'GET') === false) return false;
    // A copy is not copied again: two balancers that mirror to each other would never come to an end.
    if (request.headers[MARK_KEY] !== undefined) return false;
    return random() * 100 < percent;
  }

  copy(original: Original): void {
    const { maxBytes, maxConcurrent } = this.#settings;
    const full = this.#copies.size + this.#collecting >= maxConcurrent;
    if (full || this.#closed !== undefined || (original.length ?? 0) > maxBytes) {
      this.#skipped++;
      return;
    }
    this.#collecting++;
    const collector = new Collector(maxBytes, (body) => {
      this.#collecting--;
      if (body === undefined || this.#closed !== undefined) this.#skipped++;
      else this.#send(original, body);
    });
    try {
      original.collect(collector);
    } catch {
      // A body that something in front has read and left nothing of.
      collector.cut();
    }
  }

  /** Ends what is under way. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const copy of [...this.#copies]) copy.stop();
    if (this.#settings.ownsEngine) await this.#settings.engine.close();
  }

  #send(original: Original, body: Buffer): void {
    const { backends, clock, timeout, engine } = this.#settings;
    const backend = backends[this.#turn++ % backends.length] as Backend;
    let request: UpstreamRequest;
    try {
      request = this.#marked(original.compose(backend, body));
    } catch {
      // The client has been told why, by the attempt of its own.
      this.#skipped++;
      return;
    }
    this.#sent++;
    const copy = new Copy(clock, timeout, (over, ok) => {
      this.#copies.delete(over);
      if (!ok) this.#failed++;
    });
    this.#copies.add(copy);
    copy.launch((sink) => engine.send(request, sink));
  }

  #marked(request: UpstreamRequest): UpstreamRequest {
    return { ...request, headers: [...request.headers, MARK, this.#settings.name] };
  }
}
