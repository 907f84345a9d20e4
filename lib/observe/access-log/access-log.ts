import { FairleadError } from '../../core/errors.js';
import type { Listener, RequestRecord } from '../../core/events.js';
import { redactor } from '../redact.js';
import { type Format, fieldsOf, formats, type LoggedRequest, oneLine } from './formats.js';
import { type AccessLogOptions, isLogger, parseAccessLog } from './options.js';
import { type LineLogger, LineSink, type LineStream } from './sink.js';

/** Whatever tells of requests: a load balancer. */
interface Teller {
  on(event: 'request', listener: Listener<'request'>): unknown;
}

/** A listener of the event `request` that writes a line for each. */
export interface AccessLog {
  (record: RequestRecord): void;
  /** The same as `lb.on('request', log)`, for any number of balancers. Returns the log. */
  attach(...balancers: readonly Teller[]): AccessLog;
  /** Lines lost so far, since the stream was too slow, had ended or threw. The next line that is written says how many. */
  dropped(): number;
}

/** Longest target and referer, and longest name of a client's program: what is beyond is no use to anyone. */
const MAX_URL = 2_048;
const MAX_AGENT = 512;

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

const NO_MIDDLEWARE = "accessLog() gives a listener, and no middleware: lb.on('request', accessLog(...))";

/** The record as it may be written: no endless strings, no secrets. The record itself where there is nothing to change. */
function fit(record: RequestRecord, redact: (url: string) => string, lost: number): LoggedRequest {
  const method = cut(record.method, 32);
  const url = cut(redact(record.url), MAX_URL);
  const referer = record.referer === undefined ? undefined : cut(redact(record.referer), MAX_URL);
  const userAgent = record.userAgent === undefined ? undefined : cut(record.userAgent, MAX_AGENT);
  const isSame = url === record.url && referer === record.referer && userAgent === record.userAgent;
  if (isSame && method === record.method && lost === 0) return record;
  // Set on a copy: a literal with a spread and fields behind it takes many times as long.
  const request: { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] } = { ...record };
  request.method = method;
  request.url = url;
  if (referer !== undefined) request.referer = referer;
  if (userAgent !== undefined) request.userAgent = userAgent;
  if (lost > 0) request.dropped = lost;
  return request;
}

/** Hands a record on: as a line to a stream, as an object or a message to a logger. */
interface Writer {
  readonly hasRoom: boolean;
  write(request: LoggedRequest): void;
  failure(): Error | undefined;
}

function loggerWriter(logger: LineLogger, format: keyof typeof formats | Format): Writer {
  const line = format === 'json' ? undefined : lineOf(format);
  return {
    hasRoom: true,
    write: (request) => {
      if (line === undefined) logger.info(fieldsOf(request), 'request');
      else logger.info(line(request));
    },
    failure: () => undefined,
  };
}

function streamWriter(stream: LineStream, format: keyof typeof formats | Format, maxBuffered: number): Writer {
  const sink = new LineSink(stream, maxBuffered);
  const line = lineOf(format);
  // Our own formats escape all that is not.
  const isAscii = typeof format === 'string';
  return {
    get hasRoom() {
      return sink.hasRoom;
    },
    write: (request) => sink.write(line(request), isAscii),
    failure: () => sink.failure(),
  };
}

function lineOf(format: keyof typeof formats | Format): Format {
  return typeof format === 'function' ? (request) => oneLine(String(format(request))) : formats[format];
}

/** Writes what there is room for, and counts the rest. */
class Counted {
  readonly #writer: Writer;
  /** Lines lost so far. */
  lost = 0;
  /** Of these, the ones that no line has told of. */
  #unsaid = 0;
  #failing = false;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** @throws what stream and format throw, the first time: the balancer tells of it, and no request feels it */
  write(request: (lost: number) => LoggedRequest): void {
    const thrown = this.#writer.hasRoom ? this.#attempt(request) : this.#lose();
    const failure = this.#writer.failure() ?? thrown;
    if (failure !== undefined) throw failure;
  }

  #attempt(request: (lost: number) => LoggedRequest): Error | undefined {
    try {
      this.#writer.write(request(this.#unsaid));
    } catch (thrown) {
      this.#lose();
      if (this.#failing) return undefined;
      this.#failing = true;
      return thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    this.#failing = false;
    this.#unsaid = 0;
    return undefined;
  }

  #lose(): undefined {
    this.lost++;
    this.#unsaid++;
  }
}

/**
 * An access log: a line for each finished request or upgrade, with backend, attempts, times, pin and outcome. Nobody waits
 * for it: what a slow stream cannot take is dropped, counted, and said in the next line. A stream or a format that throws
 * is reported as the event `error`, once until it works again.
 *
 * @example lb.on('request', accessLog({ format: 'json', stream: pino() }))
 * @throws FairleadError FAIRLEAD_OPTIONS that lists every problem with the options
 */
export function accessLog(options: AccessLogOptions = {}): AccessLog {
  const { format, stream = process.stdout, redact: hidden, maxBuffered } = parseAccessLog(options);
  const redact = redactor(hidden);
  const writer = isLogger(stream)
    ? loggerWriter(stream, format ?? 'json')
    : streamWriter(stream, format ?? 'combined', maxBuffered);
  const counted = new Counted(writer);

  function log(record: RequestRecord): void {
    // A request of Node's has none: `app.use(accessLog())` comes to mind.
    if (!('outcome' in record)) throw new FairleadError('FAIRLEAD_OPTIONS', NO_MIDDLEWARE);
    counted.write((lost) => fit(record, redact, lost));
  }

  const whole: AccessLog = Object.assign(log, {
    attach: (...balancers: readonly Teller[]): AccessLog => {
      for (const balancer of balancers) balancer.on('request', log);
      return whole;
    },
    dropped: (): number => counted.lost,
  });
  return whole;
}
