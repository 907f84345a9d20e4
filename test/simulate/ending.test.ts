import { expect, it } from 'vitest';
import { Ending, outcomeFor } from '../../lib/simulate/ending.js';

it('an answer is an answer, a 500 too', () => {
  expect(outcomeFor(Ending.answered, 12)).toEqual({
    kind: 'answered',
    status: 200,
    responseTime: 12,
    duration: 12,
    bytesIn: 0,
    bytesOut: 0,
  });
  expect(outcomeFor(Ending.failed, 1)).toEqual({
    kind: 'answered',
    status: 500,
    responseTime: 1,
    duration: 1,
    bytesIn: 0,
    bytesOut: 0,
  });
});

it.each([
  [Ending.refused, 'FAIRLEAD_CONNECT'],
  [Ending.reset, 'FAIRLEAD_BACKEND_RESET'],
  [Ending.timedOut, 'FAIRLEAD_HEADERS_TIMEOUT'],
  [Ending.nobody, 'FAIRLEAD_NO_BACKEND'],
] as const)('%i is a failure of the code %s, without an answer', (ending, code) => {
  const outcome = outcomeFor(ending, 7);
  expect(outcome).toMatchObject({ kind: 'failed', status: 0, responseTime: -1, duration: 7, committed: false });
  expect(outcome.kind === 'failed' && outcome.error.code).toBe(code);
});
