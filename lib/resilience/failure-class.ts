import type { ErrorCode } from '../core/errors.js';

/**
 * Kinds of failure that another attempt may mend. `connect`: nothing was sent. `reset`, `timeout`: the request was on its
 * way, and no answer came.
 */
export const FAILURE_CLASSES = ['connect', 'reset', 'timeout'] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];

const CLASSES: Partial<Record<ErrorCode, FailureClass>> = {
  FAIRLEAD_CONNECT: 'connect',
  FAIRLEAD_CONNECT_TIMEOUT: 'connect',
  FAIRLEAD_TLS: 'connect',
  FAIRLEAD_BACKEND_RESET: 'reset',
  FAIRLEAD_HEADERS_TIMEOUT: 'timeout',
};

/**
 * The class of a failure before the commit point; undefined for what another attempt would not mend, or not in time. An
 * answer that is no HTTP is an answer: the backend has done what it was asked, and another would say the same.
 */
export function failureClass(code: ErrorCode): FailureClass | undefined {
  return CLASSES[code];
}
