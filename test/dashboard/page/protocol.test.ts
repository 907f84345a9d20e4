import { expect, it } from 'vitest';
import { SECONDS } from '../../../lib/dashboard/page/protocol.js';
import { Trace } from '../../../lib/dashboard/page/trace.js';
import { Series } from '../../../lib/dashboard/series.js';

it('server and page keep the same seconds', () => {
  const { figures } = new Series().history('a', 1_000);
  expect(figures.rate).toHaveLength(SECONDS);
  expect(new Trace().values.rate).toHaveLength(SECONDS);
  expect(Object.keys(figures)).toEqual(Object.keys(new Trace().values));
});
