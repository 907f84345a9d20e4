import { expect, it } from 'vitest';
import { STEERING_HEADER } from '../../lib/core/check.js';

it('the header in which a backend speaks of itself is in lower case, as it is compared', () => {
  expect(STEERING_HEADER).toBe('x-fairlead-backend');
});
