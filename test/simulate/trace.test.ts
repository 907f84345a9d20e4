import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../lib/simulate/trace.js';

describe('parseTrace', () => {
  it.each([
    [
      'times',
      '5\n7.5\n',
      [
        { at: 0, key: '' },
        { at: 2.5, key: '' },
      ],
    ],
    [
      'CSV with a heading',
      'time_ms,key\n100,a\n130,"b, ""c"""\n',
      [
        { at: 0, key: 'a' },
        { at: 30, key: 'b, "c"' },
      ],
    ],
    [
      'JSON',
      '{"time_ms": 1, "key": "a"}\n{"time_ms": 2}\n',
      [
        { at: 0, key: 'a' },
        { at: 1, key: '' },
      ],
    ],
    ['comments, empty lines, Windows line ends', '# seen\r\n\r\n1,a\r\n', [{ at: 0, key: 'a' }]],
    [
      'what is out of order',
      '30,b\n10,a\n',
      [
        { at: 0, key: 'a' },
        { at: 20, key: 'b' },
      ],
    ],
  ])('reads %s', (_what, text, expected) => {
    expect(parseTrace(text)).toEqual(expected);
  });

  it.each([
    ['1\nsoon\n', /line 2: .*not soon/],
    ['when,who\n1,a\n', /line 1/],
    ['1\n\n{"time_ms": "2"}\n', /line 3/],
    ['{"time_ms": 2\n', /line 1/],
    [',a\n', /line 1/],
    ['Infinity\n', /line 1/],
    ['# nothing\n', /no request/],
    ['time_ms,key\n', /no request/],
  ])('refuses %j and says where', (text, message) => {
    expect(() => parseTrace(text)).toThrow(message);
  });
});
