import { missingPackage, optionalPackage } from '../../core/optional-package.js';

/**
 * As much of `@opentelemetry/api` 1.x as is used here: its types are no part of ours, since it may not be there. A real
 * tracer is a `Tracer`; test/types/ holds that true.
 */
export interface Tracer {
  startSpan(name: string, options?: object, context?: Context): Span;
}

export interface Context {
  setValue(key: symbol, value: unknown): Context;
}

export type Attributes = Record<string, string | number>;

export interface Span {
  setAttribute(name: string, value: string | number): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  addEvent(name: string, attributes?: Attributes): unknown;
  end(): void;
}

interface Getter {
  keys(carrier: object): string[];
  get(carrier: object, name: string): string | string[] | undefined;
}

interface Setter {
  set(carrier: object, name: string, value: string): void;
}

export interface OpenTelemetry {
  readonly ROOT_CONTEXT: Context;
  createContextKey(description: string): symbol;
  readonly context: { active(): Context; with<T>(context: Context, fn: () => T): T };
  readonly propagation: {
    fields(): string[];
    extract(context: Context, carrier: object, getter: Getter): Context;
    inject(context: Context, carrier: object, setter: Setter): void;
  };
  readonly trace: {
    getTracer(name: string): Tracer;
    getSpan(context: Context): object | undefined;
    setSpan(context: Context, span: Span): Context;
  };
}

/** `SpanKind.CLIENT` and `SpanStatusCode.ERROR`: enums, which never change. */
export const CLIENT = 2;
export const ERROR = 2;

/** @throws whatever keeps it from being loaded */
export function loadOpenTelemetry(): OpenTelemetry {
  return optionalPackage('@opentelemetry/api');
}

/** Why it cannot be loaded, as a rule for the user; undefined when it can. */
export function missingOpenTelemetry(): string | undefined {
  return missingPackage('@opentelemetry/api', 1);
}
