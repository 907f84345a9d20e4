import type { Clock } from '../core/clock.js';
import type { Picture } from './board.js';
import type { Frame } from './page/protocol.js';
import type { Timeline } from './timeline.js';

/** One balancer's rows as they were last told: their JSON, for what has not changed is neither sent nor made again. */
class Told {
  order = '';
  texts: ReadonlyMap<string, string> = new Map();
  head = '';

  /** Takes a picture in; returns the JSON of what is new in it. */
  update({ head, rows }: Picture): string {
    const before = this.texts;
    const texts = new Map(rows.map((row): [string, string] => [row.id, JSON.stringify(row)]));
    const changed = [...texts].flatMap(([id, text]) => (before.get(id) === text ? [] : [text]));
    const order = JSON.stringify([...texts.keys()]);
    const moved = order !== this.order;
    this.texts = texts;
    this.order = order;
    this.head = JSON.stringify(head);
    return this.#json(changed, moved);
  }

  get whole(): string {
    return this.#json([...this.texts.values()], true);
  }

  #json(rows: readonly string[], order: boolean): string {
    return `{"head":${this.head},${order ? `"order":${this.order},` : ''}"rows":[${rows.join()}]}`;
  }
}

/**
 * Makes frames out of pictures: one with what has changed, made once for everybody, and one with everything, for those who
 * come new or could not follow. Each is the JSON of a {@link Frame}.
 */
export class Frames {
  readonly #clock: Clock;
  readonly #timeline: Timeline;
  readonly #told: readonly Told[];
  #change = 0;
  #at = 0;
  #full: string | undefined;

  constructor(balancers: number, timeline: Timeline, clock: Clock) {
    this.#clock = clock;
    this.#timeline = timeline;
    this.#told = Array.from({ length: balancers }, () => new Told());
  }

  /** What has changed since the frame before. */
  next(pictures: readonly Picture[]): string {
    this.#at = this.#clock.date();
    this.#full = undefined;
    const balancers = pictures.flatMap((picture, i) => this.#told[i]?.update(picture) ?? []);
    const events = this.#timeline.since(this.#change);
    this.#change = this.#timeline.latest;
    return this.#json(false, balancers, events);
  }

  /** Everything, as of the latest frame. */
  get full(): string {
    this.#full ??= this.#json(
      true,
      this.#told.map(({ whole }) => whole),
      this.#timeline.since(0),
    );
    return this.#full;
  }

  #json(full: boolean, balancers: readonly string[], events: Frame['events']): string {
    return `{"at":${this.#at},"full":${full},"balancers":[${balancers.join()}],"events":${JSON.stringify(events)}}`;
  }
}
