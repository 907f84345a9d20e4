import { trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { tracingSchema } from '../../../lib/observe/tracing/options.js';

describe('the option tracing', () => {
  it('is off, all defaults, or an object', () => {
    const tracer = trace.getTracer('mine');
    expect(tracingSchema.parse(false)).toBe(false);
    expect(tracingSchema.parse(true)).toEqual({ incoming: 'any' });
    expect(tracingSchema.parse({ tracer, incoming: 'none', redact: ['x'] })).toEqual({
      tracer,
      incoming: 'none',
      redact: ['x'],
    });
  });

  it.each([
    [{ tracer: {} }, /a tracer, with startSpan\(\)/],
    [{ incoming: 'all' }, /'any', 'trusted' or 'none'/],
    [{ redact: 1 }, /array of parameter names/],
    [{ incomming: 'any' }, /did you mean 'incoming'/],
    ['yes', /an object with tracer/],
  ])('%j is refused', (given, rule) => {
    expect(() => tracingSchema.parse(given)).toThrow(rule);
  });
});
