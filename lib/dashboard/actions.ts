import { z } from 'zod';
import { problemsOf, problemsText, strictObject } from '../core/problems.js';
import type { Board } from './board.js';
import type { Action, Question } from './page/protocol.js';

/** A request that cannot be understood: its sender is told what is wrong with it. */
export class BadRequest extends Error {}

const place = z.int('the place of a balancer in the list').min(0, 'the place of a balancer in the list');

const actionSchema = strictObject({
  balancer: place,
  backend: z.string("a backend's id"),
  do: z.enum(['ready', 'drain', 'maintenance', 'weight'], "'ready', 'drain', 'maintenance' or 'weight'"),
  weight: z.number('a number').optional(),
  timeout: z.number('milliseconds').min(0, 'milliseconds').max(86_400_000, 'at most a day').default(30_000),
  upgrades: z.enum(['wait', 'close'], "'wait' or 'close'").default('wait'),
});

const questionSchema = strictObject({
  balancer: place,
  method: z.string('a method').regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, 'a method'),
  url: z.string('a path').min(1, 'a path').max(16_384, 'at most 16,384 characters'),
  headers: z.record(z.string(), z.string(), 'an object of names and values'),
  address: z.string('an address').max(64, 'an address'),
});

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadRequest(problemsText(problemsOf(result.error.issues, value), what));
}

function boardOf(boards: readonly Board[], balancer: number): Board {
  const board = boards[balancer];
  if (board === undefined) throw new BadRequest(`there is no balancer ${balancer}`);
  return board;
}

/**
 * Does what an operator asks for, and says what that was.
 *
 * @throws BadRequest for what makes no sense, FairleadError FAIRLEAD_OPTIONS where the balancer refuses it
 */
export function act(boards: readonly Board[], value: unknown): { board: Board; did: string } {
  const action: Required<Omit<Action, 'weight'>> & { weight?: number | undefined } = parsed(
    actionSchema,
    value,
    'the action',
  );
  const board = boardOf(boards, action.balancer);
  const { backend, weight, timeout, upgrades } = action;
  if (action.do === 'weight') {
    if (weight === undefined) throw new BadRequest('a weight is a number');
    board.balancer.setWeight(backend, weight);
    return { board, did: `backend ${backend} has weight ${weight}` };
  }
  if (action.do === 'drain') board.drains.begin(backend, timeout, upgrades);
  else board.balancer.setState(backend, action.do);
  return { board, did: `backend ${backend} was set to ${action.do}` };
}

/** Who would get a request, and why: an Explanation. @throws BadRequest */
export function answer(boards: readonly Board[], value: unknown): object {
  const { balancer, method, url, headers, address }: Question = parsed(questionSchema, value, 'the question');
  return boardOf(boards, balancer).balancer.explain({ method, url, headers, socket: { remoteAddress: address } });
}
