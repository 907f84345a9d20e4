import { describe, expect, it, vi } from 'vitest';
import { type ErrorCode, FairleadError } from '../../lib/core/errors.js';
import { Reporter } from '../../lib/observe/reporter.js';

function house() {
  const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const reporter = new Reporter('api', logger);
  const heard: unknown[] = [];
  reporter.events.on('error', (event) => heard.push(event));
  return { logger, reporter, heard };
}

describe('a failure', () => {
  it.each<[ErrorCode, 'debug' | 'warn' | 'error']>([
    ['FAIRLEAD_ENGINE', 'error'],
    ['FAIRLEAD_CONNECT', 'warn'],
    ['FAIRLEAD_REQUEST_BODY', 'debug'],
  ])('with %s is logged as %s, by its blame, and told', (code, level) => {
    const { logger, reporter, heard } = house();
    const error = new FairleadError(code, 'why');
    reporter.failed(error, 'a');
    expect(logger[level].mock.calls).toEqual([[{ balancer: 'api', code, backend: 'a', err: error }, 'why']]);
    expect(Object.values(logger).flatMap(({ mock }) => mock.calls)).toHaveLength(1);
    expect(heard).toEqual([{ error, backend: 'a' }]);
  });

  it('that no backend had names none', () => {
    const { reporter, heard } = house();
    const error = new FairleadError('FAIRLEAD_NO_BACKEND', 'none');
    reporter.failed(error);
    expect(heard).toEqual([{ error }]);
  });

  it('of code of the user’s keeps what it threw', () => {
    const { reporter, heard } = house();
    reporter.threw('onError threw', 'a string');
    expect(heard).toMatchObject([{ error: { code: 'FAIRLEAD_ENGINE', message: 'onError threw', cause: 'a string' } }]);
  });
});

describe('what throws while it is told', () => {
  it('a logger, is not felt', () => {
    const { logger, reporter, heard } = house();
    logger.error.mockImplementation(() => {
      throw new Error('disk full');
    });
    reporter.threw('x threw', 1);
    expect(heard).toHaveLength(1);
  });

  it('a listener, is logged and told in its turn', () => {
    const { logger, reporter, heard } = house();
    reporter.events.on('backend:state', () => {
      throw new Error('mine');
    });
    reporter.events.emit('backend:state', { backend: 'a', from: 'ready', to: 'drain' });
    expect(logger.error.mock.calls[0]?.[1]).toBe("a listener of 'backend:state' threw");
    expect(heard).toMatchObject([{ error: { message: "a listener of 'backend:state' threw" } }]);
  });

  it('a listener of errors, is logged and no more', () => {
    const { logger, reporter } = house();
    reporter.events.on('error', () => {
      throw new Error('mine');
    });
    reporter.threw('x threw', 1);
    expect(logger.error).toHaveBeenCalledTimes(2);
  });
});
