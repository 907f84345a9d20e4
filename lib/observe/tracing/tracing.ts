import type { Backend } from '../../core/backend.js';
import type { Flight, UpstreamRequest } from '../../core/engine.js';
import type { RetryRecord } from '../../core/events.js';
import type { Exchange } from '../../core/exchange.js';
import type { Outcome } from '../../core/outcome.js';
import type { AttemptTrace, RequestTrace, RequestTracer } from '../../core/tracer.js';
import { redactor } from '../redact.js';
import { CLIENT, type Context, ERROR, loadOpenTelemetry, type OpenTelemetry, type Span, type Tracer } from './api.js';
import { type Ended, outcomeAttributes, requestAttributes, retryAttributes, spanName } from './attributes.js';
import { extracted, injected } from './headers.js';
import type { ParsedTracing } from './options.js';

/** What `suppressTracing()` of `@opentelemetry/core` sets: keys of one description are one key. */
const SUPPRESSED = 'OpenTelemetry SDK Context Key SUPPRESS_TRACING';

/** Where a tracer that throws is told of. */
type Threw = (what: string, thrown: unknown) => void;

/** A client span an attempt, under the app's own span or the one that the request's headers speak of. */
export class Tracing implements RequestTracer {
  readonly api: OpenTelemetry;
  readonly tracer: Tracer;
  readonly balancer: string;
  readonly redact: (url: string) => string;
  readonly suppressed: symbol;
  readonly #incoming: ParsedTracing['incoming'];
  readonly #threw: Threw;
  #told = false;

  constructor({ tracer, incoming, redact }: ParsedTracing, balancer: string, threw: Threw, api = loadOpenTelemetry()) {
    this.api = api;
    this.tracer = tracer ?? api.trace.getTracer('fairlead');
    this.balancer = balancer;
    this.redact = redactor(redact);
    this.suppressed = api.createContextKey(SUPPRESSED);
    this.#incoming = incoming;
    this.#threw = threw;
  }

  begin({ request, client }: Exchange): RequestTrace {
    const { api } = this;
    const believed = this.#incoming === 'any' || (this.#incoming === 'trusted' && client.peerTrusted);
    const parent = this.safely(() => {
      const active = api.context.active();
      // The app's own instrumentation has read the headers already, and may have decided otherwise.
      if (api.trace.getSpan(active) !== undefined || !believed) return active;
      return extracted(api, active, request.headers);
    });
    return {
      attempt: (backend, made, retry) =>
        new AttemptSpan(this, { parent: parent ?? api.ROOT_CONTEXT, believed, backend, made, retry }),
    };
  }

  /** What the user's SDK throws is told of, once, and felt by no request. */
  safely<T>(fn: () => T): T | undefined {
    try {
      return fn();
    } catch (thrown) {
      if (!this.#told) this.#threw('tracing threw', thrown);
      this.#told = true;
      return undefined;
    }
  }
}

interface Circumstances {
  readonly parent: Context;
  /** Whether what the client sent of a trace may reach the backend. */
  readonly believed: boolean;
  readonly backend: Backend;
  readonly made: number;
  readonly retry: RetryRecord | undefined;
}

class AttemptSpan implements AttemptTrace {
  readonly #tracing: Tracing;
  readonly #known: Circumstances;
  #span: Span | undefined;

  constructor(tracing: Tracing, known: Circumstances) {
    this.#tracing = tracing;
    this.#known = known;
  }

  sends(request: UpstreamRequest, send: (request: UpstreamRequest) => Flight): Flight {
    const { api, suppressed } = this.#tracing;
    const context = this.#tracing.safely(() => this.#setOut(request));
    if (context === undefined) return send(request);
    const { believed } = this.#known;
    const headers = this.#tracing.safely(() => injected(api, context, request.headers, believed)) ?? request.headers;
    // An instrumentation of node:http or undici would make a span of its own for the same request.
    return this.#within(
      () => context.setValue(suppressed, true),
      () => send({ ...request, headers }),
    );
  }

  /** Runs it in a context, come what may of the context manager, and throws what it throws. */
  #within(context: () => Context, send: () => Flight): Flight {
    let result: { readonly flight: Flight } | { readonly thrown: unknown } | undefined;
    const once = (): typeof result => {
      try {
        result ??= { flight: send() };
      } catch (thrown) {
        result = { thrown };
      }
      return result;
    };
    this.#tracing.safely(() => this.#tracing.api.context.with(context(), once));
    const done = result ?? once();
    if (done === undefined || 'thrown' in done) throw done?.thrown;
    return done.flight;
  }

  /** @returns the context of the span, which begins with the first sending */
  #setOut(request: UpstreamRequest): Context {
    const { api, tracer, balancer, redact } = this.#tracing;
    const { parent, made, retry } = this.#known;
    if (this.#span === undefined) {
      const attributes = requestAttributes(request, balancer, made, redact);
      this.#span = tracer.startSpan(spanName(request.method), { kind: CLIENT, attributes }, parent);
      if (retry !== undefined) this.#span.addEvent('fairlead.retry', retryAttributes(retry));
    } else {
      this.#span.addEvent('fairlead.stale_connection');
    }
    return api.trace.setSpan(parent, this.#span);
  }

  /** A tunnel may last for days, and a span is seen only when it ends: it is the handshake's. */
  commits(status: number): void {
    if (status === 101) this.#end({ kind: 'answered', status });
  }

  ended(outcome: Outcome): void {
    this.#end(outcome);
  }

  #end(outcome: Ended): void {
    const span = this.#span;
    this.#span = undefined;
    if (span === undefined) return;
    this.#tracing.safely(() => {
      const { attributes, error } = outcomeAttributes(outcome);
      for (const [name, value] of Object.entries(attributes)) span.setAttribute(name, value);
      if (error !== undefined) span.setStatus({ code: ERROR, ...(error !== '' && { message: error }) });
    });
    this.#tracing.safely(() => span.end());
  }
}
