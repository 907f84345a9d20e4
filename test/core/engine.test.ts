import { expect, it, vi } from 'vitest';
import { abortFlight } from '../../lib/core/engine.js';

it('a flight is given up, whatever a user’s engine makes of it', () => {
  const abort = vi.fn(() => {
    throw new Error('not now');
  });
  abortFlight({ resume: () => {}, abort });
  expect(abort).toHaveBeenCalledTimes(1);
  expect(() => abortFlight(undefined)).not.toThrow();
});
