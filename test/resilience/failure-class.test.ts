import { expect, it } from 'vitest';
import { errorCodes } from '../../lib/core/errors.js';
import { failureClass } from '../../lib/resilience/failure-class.js';

const CLASSES: Record<string, string> = {
  FAIRLEAD_CONNECT: 'connect',
  FAIRLEAD_CONNECT_TIMEOUT: 'connect',
  FAIRLEAD_TLS: 'connect',
  FAIRLEAD_BACKEND_RESET: 'reset',
  FAIRLEAD_HEADERS_TIMEOUT: 'timeout',
};

it.each(errorCodes.map((code) => [code, CLASSES[code]] as const))('%s is of class %s', (code, expected) => {
  expect(failureClass(code)).toBe(expected);
});
