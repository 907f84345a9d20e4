import { context, trace } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { describe, expect, it, vi } from 'vitest';
import type { Flight, UpstreamRequest } from '../../../lib/core/engine.js';
import type { AttemptTrace } from '../../../lib/core/tracer.js';
import type { OpenTelemetry, Tracer } from '../../../lib/observe/tracing/api.js';
import { Tracing } from '../../../lib/observe/tracing/tracing.js';
import { answered, fakeExchange, one } from '../../core/fakes.js';
import { api, sdk } from './otel.js';

const flight: Flight = { resume: () => {}, abort: () => {} };
const request: UpstreamRequest = {
  ...{ backend: one(), method: 'GET', path: '/', fresh: false, body: undefined },
  headers: ['traceparent', 'theirs'],
};

function attempt(tracer: Tracer | undefined, replaced: Partial<OpenTelemetry> = {}) {
  const threw = vi.fn();
  const tracing = new Tracing({ tracer, incoming: 'any' }, 'shop', threw, { ...api, ...replaced });
  return { threw, trace: tracing.begin(fakeExchange()).attempt(one(), 1, undefined) };
}

function followed(followedBy: AttemptTrace): void {
  const send = vi.fn(() => flight);
  expect(followedBy.sends(request, send)).toBe(flight);
  expect(send).toHaveBeenCalledOnce();
  followedBy.commits(200);
  followedBy.ended(answered());
}

const broken = (): never => {
  throw new Error('broken');
};

describe('an SDK that throws', () => {
  const span = { setAttribute: broken, setStatus: broken, addEvent: broken, end: broken };
  it.each<[string, Tracer | undefined, Partial<OpenTelemetry>]>([
    ['at the start', { startSpan: broken }, {}],
    ['in its spans', { startSpan: () => span }, {}],
    ['in its propagator', undefined, { propagation: { fields: broken, extract: broken, inject: broken } }],
    ['in its context manager', undefined, { context: { active: broken, with: broken } }],
  ])('%s is told of once and harms nobody', (_when, tracer, replaced) => {
    sdk();
    const { threw, trace: one } = attempt(tracer, replaced);
    followed(one);
    followed(one);
    expect(threw.mock.calls).toEqual([['tracing threw', new Error('broken')]]);
  });

  it('behind the sending does not send twice', () => {
    sdk();
    const active = (): typeof api.ROOT_CONTEXT => api.ROOT_CONTEXT;
    const { threw, trace: one } = attempt(undefined, {
      context: {
        active,
        with: (_context, fn) => {
          fn();
          return broken();
        },
      },
    });
    followed(one);
    expect(threw).toHaveBeenCalledOnce();
  });
});

describe('the sending', () => {
  it('has its error for itself', () => {
    sdk();
    const { threw, trace: one } = attempt(undefined);
    expect(() => one.sends(request, broken)).toThrow('broken');
    expect(threw).not.toHaveBeenCalled();
  });

  it('is within the span, and nobody else traces it', () => {
    const { spans } = sdk();
    const { trace: one } = attempt(undefined);
    let seen: unknown;
    one.sends(request, () => {
      seen = [isTracingSuppressed(context.active()), trace.getActiveSpan()?.spanContext().spanId];
      return flight;
    });
    expect(isTracingSuppressed(context.active())).toBe(false);
    one.ended(answered());
    expect(seen).toEqual([true, spans()[0]?.spanContext().spanId]);
  });

  it('on a fresh connection is an event of the same span; without one there is no span', () => {
    const { spans } = sdk();
    const { trace: one } = attempt(undefined);
    one.sends(request, () => flight);
    one.sends(request, () => flight);
    one.ended(answered());
    one.ended(answered());
    attempt(undefined).trace.ended(answered());
    expect(spans().map(({ events }) => events.map(({ name }) => name))).toEqual([['fairlead.stale_connection']]);
  });
});
