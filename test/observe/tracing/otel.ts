import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';

export interface Sdk {
  readonly provider: BasicTracerProvider;
  /** Spans that have ended, in the order of their beginning. */
  readonly spans: () => ReadableSpan[];
}

/** The real SDK, registered for the running test. */
export function sdk(): Sdk {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  onTestFinished(async () => {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });
  const began = ({ startTime: [s, ns] }: ReadableSpan): number => s * 1e9 + ns;
  return { provider, spans: () => exporter.getFinishedSpans().toSorted((a, b) => began(a) - began(b)) };
}

/** The API, for what is given it. */
export const api = { context, createContextKey, propagation, ROOT_CONTEXT, trace };

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const PARENT = 'b7ad6b7169203331';
export const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;
