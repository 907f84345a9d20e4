/** HTTP/1.1 as RFC 9112 has it, read without any leniency; one character is one byte. */

export type Line = readonly [name: string, value: string];

export interface Head {
  readonly start: string;
  readonly lines: readonly Line[];
  /** Where the body begins. */
  readonly end: number;
}

/** How a body's end is known. */
export type Framing = { readonly kind: 'none' | 'chunked' | 'close' } | { readonly kind: 'counted'; length: number };

export interface Body {
  readonly text: string;
  readonly end: number;
}

/** What was read is no HTTP. */
export class Malformed extends Error {}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LONE = /\0|(?<!\r)\n|\r(?=[^\n])/;

export function linesOf(block: string): Line[] {
  return block.split('\r\n').map((line): Line => {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (colon < 1 || !TOKEN.test(name) || !VALUE.test(value)) throw new Malformed(`line ${JSON.stringify(line)}`);
    return [name.toLowerCase(), value];
  });
}

/** The head that begins here; undefined while it is not whole. */
export function headAt(text: string, at: number): Head | undefined {
  const end = text.indexOf('\r\n\r\n', at);
  const block = text.slice(at, end === -1 ? undefined : end);
  if (LONE.test(block)) throw new Malformed(`head ${JSON.stringify(block)}`);
  if (end === -1) return undefined;
  const first = block.indexOf('\r\n');
  if (first === -1) return { start: block, lines: [], end: end + 4 };
  return { start: block.slice(0, first), lines: linesOf(block.slice(first + 2)), end: end + 4 };
}

export function valuesOf(head: Pick<Head, 'lines'>, name: string): string[] {
  return head.lines.filter(([candidate]) => candidate === name).map(([, value]) => value);
}

/** What the lines say of the body; undefined where they say nothing. */
export function framingOf(head: Head): Framing | undefined {
  const lengths = valuesOf(head, 'content-length');
  const codings = valuesOf(head, 'transfer-encoding');
  if (lengths.length + codings.length > 1) throw new Malformed(`two framings: ${[...lengths, ...codings]}`);
  const [[length], [coding]] = [lengths, codings];
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new Malformed(`Transfer-Encoding ${coding}`);
    return { kind: 'chunked' };
  }
  if (length === undefined) return undefined;
  if (!/^\d+$/.test(length)) throw new Malformed(`Content-Length ${length}`);
  return { kind: 'counted', length: Number(length) };
}

function chunkedAt(text: string, at: number): Body | undefined {
  let body = '';
  for (let from = at; ; ) {
    const eol = text.indexOf('\r\n', from);
    if (eol === -1) return undefined;
    const size = text.slice(from, eol);
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw new Malformed(`chunk size ${JSON.stringify(size)}`);
    const length = Number.parseInt(size, 16);
    if (length === 0) return trailersAt(text, body, eol);
    const end = eol + 2 + length;
    if (text.length < end + 2) return undefined;
    if (text.slice(end, end + 2) !== '\r\n') throw new Malformed('no line end behind a chunk');
    body += text.slice(eol + 2, end);
    from = end + 2;
  }
}

function trailersAt(text: string, body: string, eol: number): Body | undefined {
  if (text.startsWith('\r\n', eol + 2)) return { text: body, end: eol + 4 };
  const end = text.indexOf('\r\n\r\n', eol);
  if (end === -1) return undefined;
  linesOf(text.slice(eol + 2, end));
  return { text: body, end: end + 4 };
}

/** The body that begins here; undefined while it is not whole. One that only a close ends is never whole by itself. */
export function bodyAt(text: string, at: number, framing: Framing): Body | undefined {
  switch (framing.kind) {
    case 'none':
      return { text: '', end: at };
    case 'chunked':
      return chunkedAt(text, at);
    case 'close':
      return undefined;
    case 'counted':
      if (text.length < at + framing.length) return undefined;
      return { text: text.slice(at, at + framing.length), end: at + framing.length };
  }
}

export interface Answer {
  readonly status: number;
  readonly head: Head;
  readonly body: string;
  /** It came to its end: nothing is missing that its head announces. */
  readonly whole: boolean;
  /** All its bytes, interim answers in front included. */
  readonly raw: string;
}

export interface Answers {
  readonly list: readonly Answer[];
  /** What lies behind the last answer: bytes of a tunnel, or of nothing. */
  readonly rest: string;
  readonly switched: boolean;
}

function answerFraming(head: Head, status: number, method: string): Framing {
  const said = framingOf(head);
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  return said ?? { kind: 'close' };
}

/**
 * The answers to requests with these methods.
 *
 * @param closed how the connection ended: `clean` with a FIN; undefined while it is open
 */
export function answersIn(text: string, methods: readonly string[], closed: 'clean' | 'reset' | undefined): Answers {
  const list: Answer[] = [];
  let at = 0;
  let begin = 0;
  while (at < text.length) {
    const head = headAt(text, at);
    if (head === undefined) break;
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*$/.exec(head.start)?.[1]);
    if (!(status >= 100)) throw new Malformed(`status line ${JSON.stringify(head.start)}`);
    if (status > 101 && status < 200 && framingOf(head) !== undefined) throw new Malformed('a framed interim answer');
    at = head.end;
    if (status < 200 && status !== 101) continue;
    if (status === 101) {
      list.push({ status, head, body: '', whole: true, raw: text.slice(begin, at) });
      return { list, rest: text.slice(at), switched: true };
    }
    const framing = answerFraming(head, status, methods[list.length] ?? 'GET');
    const body = bodyAt(text, at, framing);
    const whole = body !== undefined || (framing.kind === 'close' && closed === 'clean');
    const end = body?.end ?? text.length;
    list.push({ status, head, body: body?.text ?? text.slice(at), whole, raw: text.slice(begin, end) });
    begin = at = end;
  }
  return { list, rest: text.slice(begin), switched: false };
}
