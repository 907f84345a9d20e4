import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { isLogger, parseAccessLog } from '../../../lib/observe/access-log/options.js';

it('options that are none are all named', () => {
  const wrong = { format: 'combind', stream: {}, redact: 1, maxBufered: 1 };
  const make = (): unknown => parseAccessLog(wrong as never);
  expect(make).toThrow(/4 problems with the options of accessLog\(\)/);
  expect(make).toThrow(/did you mean 'combined'/);
  expect(make).toThrow(/did you mean 'maxBuffered'/);
  expect(make).toThrow(expect.objectContaining({ code: 'FAIRLEAD_OPTIONS' }));
});

it('everything has a default, and a logger is told from a stream', () => {
  expect(parseAccessLog({})).toEqual({ maxBuffered: 1_048_576 });
  const info = (): void => {};
  expect(isLogger({ info })).toBe(true);
  // winston's loggers are both.
  expect(isLogger({ info, write: info })).toBe(true);
  expect(isLogger(new PassThrough())).toBe(false);
});
