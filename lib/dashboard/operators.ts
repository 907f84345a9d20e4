import type { IncomingMessage, ServerResponse } from 'node:http';
import { FairleadError } from '../core/errors.js';
import { reporterOf } from '../observe/reporter.js';
import { act, answer, BadRequest } from './actions.js';
import type { Board } from './board.js';
import { jsonBody } from './json-body.js';
import type { Actions } from './options.js';
import { refuse, sendJson } from './respond.js';
import { foreign } from './same-origin.js';

/** Bytes: an action is a handful of words; a question may hold all the headers of a request. */
const LIMITS = { action: 4_096, explain: 65_536 } as const;

/** What is asked of the balancers by POST, and who may. */
export class Operators {
  readonly #boards: readonly Board[];
  readonly #actions: Actions | undefined;

  constructor(boards: readonly Board[], actions: Actions | undefined) {
    this.#boards = boards;
    this.#actions = actions;
  }

  /** Whether whoever sent this may change anything. A function that throws has not said yes. */
  async allows(request: IncomingMessage): Promise<boolean> {
    if (this.#actions === undefined) return false;
    try {
      // Only `true`: a promise that was forgotten to be awaited, or a user's record, is no permission.
      return (await this.#actions(request)) === true;
    } catch (thrown) {
      for (const { balancer } of this.#boards) reporterOf(balancer)?.threw("the dashboard's actions() threw", thrown);
      return false;
    }
  }

  async post(kind: 'action' | 'explain', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = foreign(request);
    if (from !== undefined) return this.#forbid(request, response, `it came from elsewhere: ${from}`);
    if (kind === 'action' && !(await this.allows(request))) {
      return this.#forbid(request, response, 'its sender is not allowed to');
    }
    const body = await jsonBody(request, LIMITS[kind]);
    if (!body.ok) {
      // What is left of the body is not read: the connection is of no more use. HTTP/2 has no such header.
      if (request.httpVersionMajor === 1) response.setHeader('connection', 'close');
      return refuse(request, response, body.status, body.error);
    }
    try {
      const result = kind === 'explain' ? answer(this.#boards, body.value) : this.#act(body.value, request);
      return sendJson(request, response, 200, result);
    } catch (thrown) {
      const slip =
        thrown instanceof BadRequest || (thrown instanceof FairleadError && thrown.code === 'FAIRLEAD_OPTIONS');
      if (!slip) throw thrown;
      return refuse(request, response, 400, thrown.message);
    }
  }

  #act(value: unknown, request: IncomingMessage): object {
    const { board, did } = act(this.#boards, value);
    const client = request.socket.remoteAddress;
    reporterOf(board.balancer)?.noted({ client }, `${did}, on the dashboard`);
    return { did };
  }

  #forbid(request: IncomingMessage, response: ServerResponse, why: string): void {
    const client = request.socket.remoteAddress ?? 'unknown';
    const message = `an action on the dashboard was refused: ${why} (client ${client})`;
    for (const { balancer } of this.#boards) reporterOf(balancer)?.warned('action-refused', message);
    refuse(request, response, 403, `refused: ${why}`);
  }
}
