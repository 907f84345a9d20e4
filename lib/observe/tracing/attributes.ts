import type { Backend } from '../../core/backend.js';
import type { UpstreamRequest } from '../../core/engine.js';
import type { FairleadError } from '../../core/errors.js';
import type { RetryRecord } from '../../core/events.js';
import type { Outcome } from '../../core/outcome.js';
import type { Attributes } from './api.js';

// Semantic conventions for HTTP client spans, stable since 1.23: https://opentelemetry.io/docs/specs/semconv/http/http-spans/

/** Methods of RFC 9110 and RFC 5789; any other is `_OTHER`, so that names and attributes stay few. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

const MAX_URL = 2_048;

/** The span's name: the method alone, since a proxy knows no route. */
export function spanName(method: string): string {
  return METHODS.has(method) ? method : 'HTTP';
}

function serverOf({ url }: Backend): { readonly origin: string; readonly attributes: Attributes } {
  if (url.protocol === 'unix:') {
    const address = decodeURIComponent(url.pathname);
    return { origin: 'http://localhost', attributes: { 'server.address': address, 'network.transport': 'unix' } };
  }
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { origin: url.origin, attributes: { 'server.address': address, 'server.port': port } };
}

/** What is known before it is sent, so that samplers can go by it. */
export function requestAttributes(
  { backend, method, path }: UpstreamRequest,
  balancer: string,
  made: number,
  redact: (url: string) => string,
): Attributes {
  const { origin, attributes } = serverOf(backend);
  const url = redact(path === '*' ? origin : origin + path);
  const known = METHODS.has(method);
  return {
    'http.request.method': known ? method : '_OTHER',
    ...(!known && { 'http.request.method_original': method.slice(0, 64) }),
    'url.full': url.length > MAX_URL ? `${url.slice(0, MAX_URL)}...` : url,
    ...attributes,
    ...(made > 1 && { 'http.request.resend_count': made - 1 }),
    'fairlead.balancer': balancer,
    'fairlead.backend': backend.id,
  };
}

/** Why this attempt is not the first. */
export function retryAttributes({ reason, backend, code, status, delay }: RetryRecord): Attributes {
  return {
    'fairlead.retry.reason': reason,
    'fairlead.retry.backend': backend,
    'fairlead.retry.delay': delay,
    ...(code !== undefined && { 'error.type': code }),
    ...(status !== undefined && { 'http.response.status_code': status }),
  };
}

/** What an outcome is asked for. */
export type Ended = Pick<Outcome, 'status'> &
  ({ readonly kind: 'answered' | 'aborted' } | { readonly kind: 'failed'; readonly error: FairleadError });

/** What came of it, and whether that is an error: for a client every 4xx and 5xx is one, a cancelled request is none. */
export function outcomeAttributes(outcome: Ended): { readonly attributes: Attributes; readonly error?: string } {
  const { status } = outcome;
  const attributes: Attributes = { 'fairlead.outcome': outcome.kind };
  if (status > 0) Object.assign(attributes, { 'http.response.status_code': status, 'network.protocol.version': '1.1' });
  if (outcome.kind === 'failed') {
    return { attributes: { ...attributes, 'error.type': outcome.error.code }, error: outcome.error.message };
  }
  // The status stands in an attribute: a description would only repeat it.
  return status < 400 ? { attributes } : { attributes: { ...attributes, 'error.type': String(status) }, error: '' };
}
