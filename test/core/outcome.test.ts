import { expect, it } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { outcomeOf, refused } from '../../lib/core/outcome.js';

it('a request that reached no backend has failed before its answer began', () => {
  const error = new FairleadError('FAIRLEAD_NO_BACKEND', 'none');
  expect(refused(error)).toEqual({
    kind: 'failed',
    error,
    committed: false,
    status: 0,
    responseTime: -1,
    duration: 0,
    bytesIn: 0,
    bytesOut: 0,
  });
});

it('an outcome has the figures of its attempt, and the error of one that failed', () => {
  const figures = { status: 200, responseTime: 3, duration: 5, bytesIn: 0, bytesOut: 0 };
  expect(outcomeOf({ kind: 'answered' }, 200, 3, 5)).toEqual({ kind: 'answered', ...figures });
  expect(outcomeOf({ kind: 'aborted' }, 200, 3, 5)).toEqual({ kind: 'aborted', ...figures });
  const failed = {
    kind: 'failed',
    error: new FairleadError('FAIRLEAD_BACKEND_RESET', 'gone'),
    committed: true,
  } as const;
  expect(outcomeOf(failed, 200, 3, 5)).toEqual({ ...failed, ...figures });
  const carried = { bytesIn: 7, bytesOut: 8 };
  expect(outcomeOf({ kind: 'answered' }, 200, 3, 5, carried)).toEqual({ kind: 'answered', ...figures, ...carried });
});
