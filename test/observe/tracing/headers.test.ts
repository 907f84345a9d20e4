import { type Context, propagation, type TextMapPropagator, TraceFlags, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { extracted, injected } from '../../../lib/observe/tracing/headers.js';
import { api, PARENT, sdk, TRACE, TRACEPARENT } from './otel.js';

const { ROOT_CONTEXT } = api;
const span = { traceId: TRACE, spanId: PARENT, traceFlags: TraceFlags.SAMPLED };

describe('out of headers', () => {
  it.each([
    [TRACEPARENT, TRACE],
    [undefined, undefined],
    ['00-nonsense', undefined],
    [`${TRACEPARENT}, ${TRACEPARENT}`, undefined],
    [['00', '11'], undefined],
  ])('%s is the trace %s', (traceparent, id) => {
    sdk();
    const found = extracted(api, ROOT_CONTEXT, { ...(traceparent !== undefined && { traceparent }) });
    expect(trace.getSpanContext(found as Context)?.traceId).toBe(id);
  });
});

describe('into headers', () => {
  const list = [
    'Host',
    'a',
    'TraceParent',
    'old',
    'X',
    '1',
    'traceparent',
    'older',
    'tracestate',
    'b=c',
    'Baggage',
    'd',
  ];

  it('in place of all lines of their names', () => {
    sdk();
    expect(injected(api, trace.setSpanContext(ROOT_CONTEXT, span), list, true)).toEqual([
      ...['Host', 'a', 'X', '1'],
      ...['traceparent', TRACEPARENT],
    ]);
  });

  it('nothing where there is nothing to say: what came stays if it is believed', () => {
    sdk();
    expect(injected(api, ROOT_CONTEXT, list, true)).toBe(list);
    expect(injected(api, ROOT_CONTEXT, list, false)).toEqual(['Host', 'a', 'X', '1']);
  });

  it('no line that HTTP does not allow', () => {
    sdk();
    const mine: TextMapPropagator = {
      fields: () => ['x-mine'],
      extract: (context) => context,
      inject: (_context, carrier, setter) => setter.set(carrier, 'x-mine', 'a\r\nb: c'),
    };
    propagation.disable();
    propagation.setGlobalPropagator(mine);
    expect(() => injected(api, ROOT_CONTEXT, list, true)).toThrow(/Invalid character/);
  });
});
