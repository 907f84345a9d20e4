import fc from 'fast-check';
import { MARK } from './marks.js';
import { type Mutation, mutations, type Pace, pace } from './mutations.js';

/** Stands for many bytes, which nobody wants to read in a report. */
const LARGE = '<100,000 bytes>';

/** What goes over the wire for a text with its stand-ins. */
export function filled(text: string, mark: string): string {
  return text.replaceAll(MARK, mark).replaceAll(LARGE, 'x'.repeat(100_000));
}

/** A request as a well-behaved client sends it. */
export interface Request {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly lines: readonly string[];
  readonly body: string;
  readonly framing: 'none' | 'counted' | 'chunked';
  readonly chunk: number;
}

export function chunksOf(body: string, size: number): string {
  let text = '';
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size);
    text += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return text;
}

export function requestText(request: Request, mark: string): string {
  const { method, version, lines, framing, chunk } = request;
  const [target, body] = [filled(request.target, mark), filled(request.body, mark)];
  const head = [`${method} ${target} HTTP/${version}`, 'Host: a.example', `X-Tag: ${mark}`, ...lines];
  if (framing === 'none') return `${head.join('\r\n')}\r\n\r\n`;
  if (framing === 'counted') return `${[...head, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`;
  return `${[...head, 'Transfer-Encoding: chunked'].join('\r\n')}\r\n\r\n${chunksOf(body, chunk)}0\r\n\r\n`;
}

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 60, unit: 'binary-ascii' }).map((text) => `${MARK}${text}`) },
  { weight: 1, arbitrary: fc.constantFrom('', `${MARK}${LARGE}${MARK}`) },
);

const TARGETS = [
  ...[`/${MARK}`, `/${MARK}?a=b&c=%00`, `//${MARK}//..`, `/a/../${MARK}`, `/%2f${MARK}%0d%0a`, `/'"<>|${MARK}`],
  ...[`http://a.example/${MARK}`, `http://b.example:8080/${MARK}?x`, `/?${MARK}`],
];

const LINES = [
  ...[
    'Accept: */*',
    'Cookie: a=b; c=d',
    'X-Forwarded-For: 6.6.6.6',
    'X-Empty:',
    'TE: trailers',
    'X-Dup: 1',
    'X-Dup: 2',
  ],
  ...['Accept: application/json', 'User-Agent: \xe4\xf6', 'Keep-Alive: timeout=5', 'Proxy-Authorization: x'],
];

const lines = fc.tuple(
  fc.subarray(LINES),
  fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.constantFrom(['Connection: keep-alive'], ['Connection: X-Hop', 'X-Hop: 1']) },
    { weight: 1, arbitrary: fc.constant(['Connection: close']) },
  ),
);

const versions = fc.oneof(
  { weight: 9, arbitrary: fc.constant('1.1' as const) },
  { weight: 1, arbitrary: fc.constant('1.0' as const) },
);

const plain = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST'),
  target: fc.constantFrom(...TARGETS),
  version: versions,
  lines: lines.map((both) => both.flat()),
  body: fc.constant(''),
  framing: fc.constant('none' as const),
  chunk: fc.constant(1),
});

const withBody = fc
  .record({
    method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'GET'),
    target: fc.constantFrom(...TARGETS),
    version: versions,
    lines: fc
      .tuple(lines, fc.constantFrom([], [], [], ['Expect: 100-continue']))
      .map(([both, expect]) => [...both.flat(), ...expect]),
    body: bodies,
    framing: fc.constantFrom('counted' as const, 'chunked' as const),
    chunk: fc.constantFrom(1000, 7, 70_000),
  })
  .map((request): Request => (request.version === '1.0' ? { ...request, framing: 'counted' } : request));

export const requests: fc.Arbitrary<Request> = fc.oneof(plain, withBody);

export const starRequest: Request = {
  ...{ method: 'OPTIONS', target: '*', version: '1.1', lines: [], body: '', framing: 'none', chunk: 1 },
};

export const handshake: Request = {
  ...{ method: 'GET', target: `/${MARK}`, version: '1.1', body: '', framing: 'none', chunk: 1 },
  lines: ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: x'],
};

/** What a backend does to one request. */
export interface Plan {
  readonly status: number;
  readonly lines: readonly string[];
  readonly interim: readonly string[];
  readonly body: string;
  readonly framing: 'counted' | 'chunked' | 'close';
  /** Chunked, with a trailer. */
  readonly trailer: boolean;
  readonly early: boolean;
  readonly mutations: readonly Mutation[];
  /** Only so much of the answer is sent, in 1/4096. */
  readonly cut: number | undefined;
  readonly extra: string;
  readonly pace: Pace;
  readonly end: 'keep' | 'fin' | 'reset';
}

export const honest: Plan = {
  ...{ status: 200, lines: [], interim: [], body: MARK, framing: 'counted', trailer: false, early: false },
  ...{ mutations: [], cut: undefined, extra: '', pace: { cuts: [], pause: 0 }, end: 'keep' },
};

export const honestPlans: fc.Arbitrary<Plan> = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 304, 404, 500, 999),
  lines: fc.subarray([
    'Set-Cookie: a=b',
    'Set-Cookie: c=d',
    'X-Empty:',
    'Vary: x',
    'Keep-Alive: timeout=9',
    'X-L: \xe4',
  ]),
  interim: fc.subarray(['HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n']),
  body: bodies,
  framing: fc.constantFrom('counted' as const, 'counted' as const, 'chunked' as const, 'close' as const),
  trailer: fc.boolean(),
  early: fc.constant(false),
  mutations: fc.constant([]),
  cut: fc.constant(undefined),
  extra: fc.constant(''),
  pace,
  end: fc.constantFrom('keep' as const, 'keep' as const, 'fin' as const),
});

const EXTRAS = [
  'x',
  '\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra',
  'HTTP/1.1 200 OK\r\nConte',
];

/** Backends that break off, say too much, or talk nonsense. */
export const wildPlans: fc.Arbitrary<Plan> = fc
  .tuple(
    honestPlans,
    fc.oneof(
      fc.record({ mutations }),
      fc.record({
        cut: fc.nat({ max: 4095 }),
        end: fc.constantFrom('keep' as const, 'fin' as const, 'reset' as const),
      }),
      fc.record({ extra: fc.constantFrom(...EXTRAS) }),
      fc.record({ end: fc.constant('reset' as const) }),
      fc.record({ interim: fc.constant(Array<string>(40).fill('HTTP/1.1 103 Early Hints\r\n\r\n')) }),
    ),
    fc.boolean(),
  )
  .map(([plan, wild, early]) => ({ ...plan, ...wild, early }));

export interface Rendered {
  readonly text: string;
  /** Bytes of it are missing, and nothing but the end of the connection could say so. */
  readonly cut: boolean;
}

const BODILESS = [204, 304];

function bodyText(body: string, { framing, trailer }: Plan): string {
  if (framing !== 'chunked') return body;
  return `${chunksOf(body, 1000)}0\r\n${trailer ? 'X-Sum: 1\r\n' : ''}\r\n`;
}

/** The answer in bytes, to a request with this method. */
export function answerText(plan: Plan, method: string, mark: string): Rendered {
  const { status, framing, trailer } = plan;
  const body = filled(plan.body, mark);
  const head = [`HTTP/1.1 ${status} Some Reason`, `X-Tag: ${mark}`, ...plan.lines];
  if (framing === 'counted' && status !== 204) head.push(`Content-Length: ${body.length}`);
  if (framing === 'chunked' && !BODILESS.includes(status)) head.push('Transfer-Encoding: chunked');
  if (framing === 'chunked' && trailer && !BODILESS.includes(status)) head.push('Trailer: X-Sum');
  if (plan.end !== 'keep') head.push('Connection: close');
  const bodiless = method === 'HEAD' || BODILESS.includes(status);
  const whole = `${plan.interim.join('')}${head.join('\r\n')}\r\n\r\n${bodiless ? '' : bodyText(body, plan)}`;
  const length = plan.cut === undefined ? whole.length : Math.floor((plan.cut * whole.length) / 4096);
  return { text: whole.slice(0, length) + plan.extra, cut: length < whole.length };
}

/** The last word on a connection is its end where the framing says so. */
export function endOf(plan: Plan): Plan['end'] {
  return plan.framing === 'close' && plan.end === 'keep' && !BODILESS.includes(plan.status) ? 'fin' : plan.end;
}
