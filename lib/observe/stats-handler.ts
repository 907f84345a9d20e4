import type { IncomingMessage, ServerResponse } from 'node:http';
import { FairleadError } from '../core/errors.js';
import { problemsOf, problemsText } from '../core/problems.js';
import type { Stats } from './stats.js';

/**
 * A handler that answers with the JSON of `lb.stats()`, where what is undefined there is null. It names backends and
 * their URLs: mount it where only operators come.
 *
 * @throws FairleadError FAIRLEAD_OPTIONS for what is no load balancer
 */
export function statsHandler(balancer: {
  stats(): Stats;
}): (request: IncomingMessage, response: ServerResponse) => void {
  if (typeof balancer?.stats !== 'function') {
    const problems = problemsOf([{ path: ['lb'], message: 'what loadBalancer() has returned' }], { lb: balancer });
    throw new FairleadError('FAIRLEAD_OPTIONS', problemsText(problems, 'statsHandler()'), { problems });
  }
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    // What a backend has none of is told all the same (`zone`, `lastUsed`): JSON would drop the key.
    const body = JSON.stringify(balancer.stats(), (_key, value: unknown) => (value === undefined ? null : value));
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}
