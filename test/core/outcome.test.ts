import { expect, it } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { refused } from '../../lib/core/outcome.js';

it('a request that reached no backend has failed before its answer began', () => {
  const error = new FairleadError('FAIRLEAD_NO_BACKEND', 'none');
  expect(refused(error)).toEqual({
    kind: 'failed',
    error,
    committed: false,
    status: 0,
    responseTime: -1,
    duration: 0,
  });
});
