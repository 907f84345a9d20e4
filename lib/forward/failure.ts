import { addressOf, type Backend } from '../core/backend.js';
import { type ErrorCode, FairleadError } from '../core/errors.js';
import { messageOf } from '../util/thrown.js';
import { type TimeoutKind, type Timeouts, timeoutCode } from './timeouts.js';

/** How far an attempt had come when it failed. */
export type Phase = 'connecting' | 'waiting' | 'answering';

const BY_PHASE = {
  connecting: 'FAIRLEAD_CONNECT',
  waiting: 'FAIRLEAD_BACKEND_RESET',
  answering: 'FAIRLEAD_RESPONSE_BODY',
} as const satisfies Record<Phase, ErrorCode>;

/** What a backend said is no HTTP, or none that can be passed on. */
export class ProtocolError extends Error {}

function isProtocolError(cause: Error): boolean {
  if (cause instanceof ProtocolError) return true;
  // undici's parser has a name and no code. HPE_*: llhttp could not read the answer. ERR_*: Node refused a part of it.
  if (cause.name === 'HTTPParserError') return true;
  return (
    'code' in cause &&
    typeof cause.code === 'string' &&
    /^(HPE_|ERR_(HTTP|INVALID)_|UND_ERR_HEADERS_OVERFLOW)/.test(cause.code)
  );
}

/** Certificates and handshakes: OpenSSL's words for the first have no common prefix, so Node's own list is not repeated. */
function isTlsError(cause: Error): boolean {
  if (!('code' in cause) || typeof cause.code !== 'string') return false;
  return /^(ERR_TLS|ERR_SSL|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_|CRL_|ERROR_IN_|INVALID_(CA|PURPOSE)|PATH_LENGTH)/.test(
    cause.code,
  );
}

/** undici refuses the request itself: nothing the backend did, and nothing another one would change. */
function isRefusal(cause: Error): boolean {
  return 'code' in cause && (cause.code === 'UND_ERR_INVALID_ARG' || cause.code === 'UND_ERR_NOT_SUPPORTED');
}

/** undici's word, before a head has come, for two lengths or two framings; behind it, for a body that was cut. */
function isTwoFold(cause: Error): boolean {
  return 'code' in cause && cause.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
}

function codeOf(cause: Error, phase: Phase): ErrorCode {
  if (isRefusal(cause)) return 'FAIRLEAD_ENGINE';
  if (phase === 'connecting' && isTlsError(cause)) return 'FAIRLEAD_TLS';
  if (phase === 'waiting' && isTwoFold(cause)) return 'FAIRLEAD_BACKEND_PROTOCOL';
  return phase !== 'connecting' && isProtocolError(cause) ? 'FAIRLEAD_BACKEND_PROTOCOL' : BY_PHASE[phase];
}

/** The error that stands for what an engine, or Node, reported. */
export function failure(cause: unknown, phase: Phase, backend: Backend): FairleadError {
  if (cause instanceof FairleadError) return cause;
  const code = cause instanceof Error ? codeOf(cause, phase) : BY_PHASE[phase];
  return new FairleadError(code, `backend ${backend.id} (${addressOf(backend.url)}): ${messageOf(cause)}`, { cause });
}

/** The answer came, and Node refuses to send it on: a status or header that is none. */
export function notPassable(cause: unknown, backend: Backend): FairleadError {
  if (cause instanceof FairleadError) return cause;
  const message = `backend ${backend.id} sent an answer that cannot be passed on: ${messageOf(cause)}`;
  return new FairleadError('FAIRLEAD_BACKEND_PROTOCOL', message, { cause });
}

/** The engine itself threw: nobody's fault but ours. */
export function engineFailure(cause: unknown): FairleadError {
  return new FairleadError('FAIRLEAD_ENGINE', `the engine threw: ${messageOf(cause)}`, { cause });
}

/** Time ran out. @param phase how far the attempt had come; `body` when it was the client that had stopped sending */
export function timedOut(
  kind: TimeoutKind,
  timeouts: Timeouts,
  backend: Backend,
  phase: Phase | 'body',
): FairleadError {
  const code = phase === 'body' ? 'FAIRLEAD_REQUEST_BODY' : timeoutCode(kind, phase === 'connecting');
  return new FairleadError(code, `backend ${backend.id}: no progress within ${timeouts[kind]} ms (${kind})`);
}
