import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.js';
import type { LoadBalancer } from '../load-balancer.js';
import { type Assets, readAssets } from './assets.js';
import { Board, type Picture } from './board.js';
import { documentOf } from './document.js';
import { Frames } from './frames.js';
import { Operators } from './operators.js';
import type { Actions } from './options.js';
import { guard, refuse, send, sendJson } from './respond.js';
import type { Route } from './route.js';
import { Timeline } from './timeline.js';
import { Viewers } from './viewers.js';

/** How many backends' last minutes are told at once. */
const MOST_HISTORIES = 200;

/** Everything behind one dashboard: its boards, those who look at them, and the answer to each route. */
export class Site {
  readonly #boards: readonly Board[];
  readonly #viewers: Viewers;
  readonly #operators: Operators;
  #pictures: readonly Picture[] = [];
  #assets: Promise<Assets> | undefined;
  #unlook: (() => void)[] = [];

  constructor(balancers: readonly LoadBalancer[], actions: Actions | undefined, clock: Clock) {
    const timeline = new Timeline(clock);
    this.#boards = balancers.map((balancer) => new Board(balancer, timeline, clock));
    this.#operators = new Operators(this.#boards, actions);
    const frames = new Frames(this.#boards.length, timeline, clock);
    const source = {
      next: () => frames.next(this.#taken()),
      full: () => frames.full,
      looking: (anyone: boolean) => this.#looking(anyone),
    };
    this.#viewers = new Viewers(source, clock);
  }

  async serve(route: Route | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
    guard(response);
    if (route === undefined) return refuse(request, response, 404, 'there is nothing here');
    const allowed = route.kind === 'action' || route.kind === 'explain' ? ['POST'] : ['GET', 'HEAD'];
    if (allowed.includes(request.method ?? '')) return this.#answer(route, request, response);
    response.setHeader('allow', allowed.join(', '));
    return refuse(request, response, 405, `only ${allowed.join(' and ')}`);
  }

  close(): void {
    this.#viewers.close();
    for (const { listener } of this.#boards) listener.close();
  }

  async #answer(route: Route, request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (route.kind) {
      case 'slash':
        response.writeHead(302, { location: route.location }).end();
        return;
      case 'page': {
        const { version } = await this.#loaded();
        return send(request, response, 200, 'text/html; charset=utf-8', documentOf(version, this.#still()));
      }
      case 'asset':
        return this.#asset(route, request, response);
      case 'data':
        return sendJson(request, response, 200, { balancers: this.#still() });
      case 'history':
        return this.#history(request, response);
      case 'stream':
        return this.#stream(request, response);
      default:
        return this.#operators.post(route.kind, request, response);
    }
  }

  /** Takes a picture of every balancer. */
  #taken(): readonly Picture[] {
    this.#pictures = this.#boards.map((board) => board.picture());
    return this.#pictures;
  }

  /** As of now, or of the last second: rates are taken from picture to picture, and those of the stream are its own. */
  #still(): readonly Picture[] {
    return this.#viewers.size > 0 ? this.#pictures : this.#taken();
  }

  #looking(anyone: boolean): void {
    for (const unlook of this.#unlook.splice(0)) unlook();
    if (anyone) this.#unlook = this.#boards.map(({ listener }) => listener.look());
  }

  #loaded(): Promise<Assets> {
    this.#assets ??= readAssets().catch((error: unknown) => {
      this.#assets = undefined;
      throw error;
    });
    return this.#assets;
  }

  async #asset(
    { version, name }: { readonly version: string; readonly name: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const assets = await this.#loaded();
    const file = assets.files.get(name);
    // Of another version it may be another file, and would be kept for ever.
    if (file === undefined || version !== assets.version)
      return refuse(request, response, 404, 'there is no such file');
    response.setHeader('cache-control', 'private, max-age=31536000, immutable');
    return send(request, response, 200, file.type, file.body);
  }

  #history(request: IncomingMessage, response: ServerResponse): void {
    const query = new URLSearchParams((request.url ?? '').split('?')[1] ?? '');
    const board = this.#boards[Number(query.get('balancer'))];
    const ids = query.getAll('id').slice(0, MOST_HISTORIES);
    if (board === undefined) refuse(request, response, 404, 'there is no such balancer');
    else sendJson(request, response, 200, board.history(ids));
  }

  async #stream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'HEAD') return send(request, response, 200, 'text/event-stream', '');
    let gone = false;
    // A response of HTTP/2 does not know afterwards that its client has left.
    response.once('close', () => {
      gone = true;
    });
    const hello = { actions: await this.#operators.allows(request) };
    if (gone || response.destroyed || this.#viewers.add(response, hello)) return;
    response.setHeader('retry-after', '10');
    refuse(request, response, 503, 'too many look at this page');
  }
}
