import { trace } from '@opentelemetry/api';
import { expect, it } from 'vitest';
import { CLIENT, ERROR, loadOpenTelemetry, missingOpenTelemetry } from '../../../lib/observe/tracing/api.js';

it('is the package that the app has, with its enums', async () => {
  const { SpanKind, SpanStatusCode } = await import('@opentelemetry/api');
  expect([CLIENT, ERROR]).toEqual([SpanKind.CLIENT, SpanStatusCode.ERROR]);
  expect(missingOpenTelemetry()).toBeUndefined();
  expect(loadOpenTelemetry().trace.getSpan).toBe(trace.getSpan);
});
