import { describe, expect, it } from 'vitest';
import { SECONDS } from '../../../lib/dashboard/page/protocol.js';
import { Trace } from '../../../lib/dashboard/page/trace.js';

const figures = (rate: number) => ({ rate, errors: 0, p50: null, p95: null, p99: null });
const last = (trace: Trace, n: number) => trace.values.rate.slice(-n);

describe('Trace', () => {
  it('moves on by a second, and leaves gaps where frames were missed', () => {
    const trace = new Trace();
    for (const [second, rate] of [
      [100, 1],
      [101, 2],
      [101, 3],
      [103, 4],
      [106, 5],
    ] as const) {
      trace.push(second, figures(rate));
    }
    expect(last(trace, 8)).toEqual([null, 1, 3, 4, 4, null, null, 5]);
    expect(trace.values.rate).toHaveLength(SECONDS);
    trace.push(10_000, figures(6));
    expect(last(trace, 3)).toEqual([null, null, 6]);
  });

  it('recalls what was before it, and nothing over what it has seen', () => {
    const trace = new Trace();
    trace.push(100, figures(7));
    const past = Array.from({ length: SECONDS }, (_, i) => i);
    trace.recall({ id: 'a', figures: { rate: past, errors: past, p50: past, p95: past, p99: past } });
    expect(last(trace, 3)).toEqual([SECONDS - 3, SECONDS - 2, 7]);
  });
});
