import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { FairleadError } from '../core/errors.js';
import { problemsOf, problemsText, strictObject } from '../core/problems.js';
import type { LoadBalancer } from '../load-balancer.js';

/** Whether whoever sent this may change anything. A method's type: it may take the request of one's own framework. */
export type Actions = { allows(request: IncomingMessage): boolean | Promise<boolean> }['allows'];

const isBalancer = (value: unknown): value is LoadBalancer =>
  typeof value === 'function' && 'stats' in value && 'explain' in value && 'setState' in value;

const isActions = (value: unknown): value is Actions => typeof value === 'function';

const balancer = z.custom<LoadBalancer>(isBalancer, { message: 'what loadBalancer() has returned' });

const schema = z.object({
  balancers: z.array(balancer, 'a load balancer, or an array of them').min(1, 'at least one load balancer'),
  options: strictObject({
    actions: z.custom<Actions>(isActions, { message: 'a function that takes the request' }).optional(),
  }),
});

/** @throws FairleadError FAIRLEAD_OPTIONS that lists every problem */
export function parseArguments(
  balancers: unknown,
  options: unknown,
): { list: readonly LoadBalancer[]; actions: Actions | undefined } {
  const given = { balancers: Array.isArray(balancers) ? balancers : [balancers], options };
  const parsed = schema.safeParse(given);
  if (parsed.success) return { list: parsed.data.balancers, actions: parsed.data.options.actions };
  const problems = problemsOf(parsed.error.issues, given);
  throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'dashboard()'), { problems });
}
