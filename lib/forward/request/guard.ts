import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FairleadError } from '../../core/errors.js';
import { headerValues } from '../../util/header-list.js';
import { announcesBody } from './body.js';
import { hostOf } from './forwarded.js';

/** RFC 3986, 3.2.2 and 3.2.3: a name or an address, with an optional port. */
const HOST = /^([A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])?(:\d{0,5})?$/;

/** Node 20 keeps at most this many header lines and drops the others without a word; later ones answer 431. */
function headerLimit(request: IncomingMessage): number {
  const { server }: Socket & { readonly server?: unknown } = request.socket;
  const limit = server instanceof Object && 'maxHeadersCount' in server ? server.maxHeadersCount : undefined;
  return typeof limit === 'number' ? limit : 1000;
}

/** What is wrong with the framing: what two parsers could read two ways must not reach a second one. */
function framingProblem(request: IncomingMessage): string | undefined {
  const { rawHeaders, httpVersion } = request;
  const codings = headerValues(rawHeaders, 'transfer-encoding');
  if (codings.length === 0) return undefined;
  if (httpVersion === '1.0') return 'Transfer-Encoding in an HTTP/1.0 request';
  if (headerValues(rawHeaders, 'content-length').length > 0) return 'both Transfer-Encoding and Content-Length';
  if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') return 'a Transfer-Encoding other than chunked';
  return undefined;
}

/** The last host that was none of a malformed kind: that of most requests. */
let lastGood = '';

function isMalformed(host: string): boolean {
  if (host === lastGood) return false;
  if (!HOST.test(host)) return true;
  lastGood = host;
  return false;
}

function headProblem(request: IncomingMessage, path: string): string | undefined {
  const { rawHeaders } = request;
  const hosts = headerValues(rawHeaders, 'host');
  if (hosts.length > 1) return 'more than one Host';
  // One that an absolute-form target overrules is checked too: somebody may read it all the same.
  if (isMalformed(hosts[0] ?? '')) return 'a malformed Host';
  const authority = request.headers[':authority'];
  if (typeof authority === 'string' && hosts[0] !== undefined && hosts[0] !== authority) return 'two hosts';
  const host = hostOf(request);
  if (host !== hosts[0] && isMalformed(host ?? '')) return 'a malformed Host';
  if (!path.startsWith('/') && !(path === '*' && request.method === 'OPTIONS')) return 'a malformed target';
  const limit = headerLimit(request);
  if (limit > 0 && rawHeaders.length >= 2 * limit) return `${limit} header lines or more`;
  if ('upgrade' in request && request.upgrade === true && announcesBody(request)) return 'an upgrade with a body';
  return framingProblem(request);
}

/**
 * Refuses what Node's parser lets pass and no backend should see.
 *
 * @throws FairleadError FAIRLEAD_BAD_REQUEST
 */
export function guardRequest(request: IncomingMessage, path: string): void {
  const problem = headProblem(request, path);
  if (problem !== undefined) throw new FairleadError('FAIRLEAD_BAD_REQUEST', `the client sent ${problem}`);
}
