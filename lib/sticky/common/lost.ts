import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Backend } from '../../core/backend.js';
import { FairleadError } from '../../core/errors.js';

/** What becomes of a client whose backend cannot take it: a backend chosen anew, or 503. */
export type LostPolicy = 'redistribute' | 'reject';

/**
 * A policy, or a function that says for each request which. It is asked once a request, with the backend that the client
 * is pinned to.
 */
export type OnLost = LostPolicy | ((request: IncomingMessage, backend: Backend) => LostPolicy);

const isFunction = (value: unknown): boolean => typeof value === 'function';
const FORMS = "'redistribute', 'reject' or a function";

export const lostSchema = z
  .union([z.enum(['redistribute', 'reject']), z.custom<Exclude<OnLost, LostPolicy>>(isFunction)], FORMS)
  .optional();

/** The member of every way's options that is checked here. */
export const BESIDE = ['onLost'];

/** Why a client whose backend is lost gets no other; undefined if it does. Never throws. */
export function refusalOf(
  onLost: OnLost,
  request: IncomingMessage,
  backend: Backend,
  cause: unknown,
): FairleadError | undefined {
  try {
    const policy = typeof onLost === 'function' ? onLost(request, backend) : onLost;
    if (policy === 'redistribute') return undefined;
    const message = `backend ${backend.id}, where the client is pinned, does not take it`;
    if (policy === 'reject') return new FairleadError('FAIRLEAD_STICKY_LOST', message, { cause });
    return new FairleadError(
      'FAIRLEAD_ENGINE',
      `onLost returned neither 'redistribute' nor 'reject'${promised(policy)}`,
    );
  } catch (thrown) {
    return new FairleadError('FAIRLEAD_ENGINE', 'onLost threw', { cause: thrown });
  }
}

/** It is not waited for, and if it rejects that must not end the process. */
function promised(returned: unknown): string {
  if (!(returned instanceof Promise)) return '';
  returned.catch(() => {});
  return ': a promise is not waited for';
}
