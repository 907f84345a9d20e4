import fc from 'fast-check';

/** One change to a message. Positions are taken modulo what there is. */
export type Mutation =
  | { readonly kind: 'insert' | 'replace'; readonly at: number; readonly text: string }
  | { readonly kind: 'delete'; readonly at: number; readonly count: number }
  | { readonly kind: 'repeat line' | 'drop line' | 'bare LF'; readonly line: number }
  | { readonly kind: 'add line'; readonly line: number; readonly text: string };

/** Header lines that two parsers may read two ways. */
const LINES = [
  'Transfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding:',
  'tRANSFER-eNCODING: CHUNKED',
  'Transfer_Encoding: chunked',
  ' Transfer-Encoding: chunked',
  'Content-Length: 0',
  'Content-Length: 1',
  'Content-Length: 5, 5',
  'Content-Length: +5',
  'Content-Length: -1',
  'Content-Length: 0x5',
  'Content-Length: 5 5',
  'Content-Length: 99999999999999999999',
  'Content-Length:',
  'Content_Length: 7',
  'Host: b',
  'Host:',
  'Host: a b',
  'Host: a/../b',
  'Host: user@a',
  'Host: [::1',
  'Host: a:99999999',
  'Connection: close',
  'Connection: keep-alive, X-Tag, Host, Content-Length, Transfer-Encoding',
  'Connection: upgrade',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Keep-Alive: timeout=0',
  'Proxy-Connection: keep-alive',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Trailer: Content-Length, Host, X-Sum',
  'TE: gzip;q=1, trailers',
  'X-A: b\r\n folded',
  'X-A: b\rc',
  'X-A: b\nc',
  'X-A: b\0c',
  'X-A\0: b',
  'X-A',
  ': b',
  'X-\xff: \xff',
  'X-A: \x01',
  `X-Long: ${'x'.repeat(20_000)}`,
];

const BYTES = [
  ...['\0', '\r', '\n', '\r\n', ' ', '\t', '\x0b', '\x7f', '\x80', '\xff', ':', ';', '0', '-', 'f', 'G'],
  ...[
    '\r\n\r\n',
    '0\r\n\r\n',
    '\r\n ',
    '5\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'HTTP/2.0',
  ],
  'HTTP/1.1 100 Continue\r\n\r\n',
];

const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...BYTES) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 6 }).map((list) => String.fromCharCode(...list)) },
);

const place = fc.nat({ max: 4096 });
const line = fc.nat({ max: 15 });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('insert' as const, 'replace' as const), at: place, text: bytes }),
  fc.record({ kind: fc.constant('delete' as const), at: place, count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constantFrom('repeat line' as const, 'drop line' as const, 'bare LF' as const), line }),
  fc.record({ kind: fc.constant('add line' as const), line, text: fc.constantFrom(...LINES) }),
);

export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 3 });

function onLines(text: string, index: number, change: (line: string) => string): string {
  const end = text.indexOf('\r\n\r\n');
  const head = (end === -1 ? text : text.slice(0, end + 2)).split(/(?<=\r\n)/);
  const at = index % head.length;
  head[at] = change(head[at] ?? '');
  return head.join('') + (end === -1 ? '' : text.slice(end + 2));
}

function mutatedOnce(text: string, mutation: Mutation): string {
  switch (mutation.kind) {
    case 'insert':
    case 'replace': {
      const at = mutation.at % (text.length + 1);
      const over = mutation.kind === 'insert' ? 0 : mutation.text.length;
      return text.slice(0, at) + mutation.text + text.slice(at + over);
    }
    case 'delete': {
      const at = mutation.at % (text.length + 1);
      return text.slice(0, at) + text.slice(at + mutation.count);
    }
    case 'repeat line':
      return onLines(text, mutation.line, (line) => line + line);
    case 'drop line':
      return onLines(text, mutation.line, () => '');
    case 'bare LF':
      return onLines(text, mutation.line, (line) => line.replace('\r\n', '\n'));
    case 'add line':
      return onLines(text, mutation.line, (line) => `${line}${mutation.text}\r\n`);
  }
}

export function mutated(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce(mutatedOnce, text);
}

/** How bytes go out: cut in pieces at these places, with pauses of so many milliseconds. */
export interface Pace {
  readonly cuts: readonly number[];
  readonly pause: number;
}

export const pace: fc.Arbitrary<Pace> = fc.record({
  cuts: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(place, { maxLength: 4 }) },
  ),
  pause: fc.nat({ max: 4 }),
});

/** The bytes as they go out, one piece after the other. */
export function pieces(text: string, { cuts }: Pace): string[] {
  const ends = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end)).filter((piece) => piece !== '');
}
