import { isoDate } from '../../core/clock.js';
import type { RequestRecord } from '../../core/events.js';

/** What a line is made from: a record whose strings are cut and without secrets, and the lines lost before it. */
export type LoggedRequest = RequestRecord & {
  /** Lines that were dropped just before this one, since the stream was too slow; absent for none. */
  readonly dropped?: number;
};

/** Makes the line, without its end. */
export type Format = (request: LoggedRequest) => string;

/** Anything but printable ASCII without quotes and backslashes: what ends a line, steers a terminal, or is not in the encoding that a reader assumes. */
const UNSAFE = /[^ !#-[\]-~]/g;

/** What JSON leaves as it is and a terminal obeys (DEL, C1), or a reader of lines breaks at. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u2028\u2029]/g;

/** What breaks a line or steers a terminal; a tab, which divides columns, does not. */
const CONTROL = /[^\t -~\u00a0-\u2027\u202a-\uffff]/g;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function unicodeEscaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value in quotes as Apache writes it (mod_log_config): `\xhh` for what could be taken for something else. */
function quoted(value: string | undefined): string {
  return value === undefined || value === '' ? '"-"' : `"${value.replace(UNSAFE, escaped)}"`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The second that was written last: most lines share theirs with the one before, and making a date takes long. */
let lately = { second: Number.NaN, text: '' };

/** As in `10/Oct/2000:13:55:36 +0000`; always UTC. */
function logTime(at: number): string {
  const second = Math.floor(at / 1_000);
  if (second !== lately.second) lately = { second, text: timeText(at) };
  return lately.text;
}

function timeText(at: number): string {
  const [date = '', time = ''] = isoDate(at).split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

function ms(value: number): string {
  return value < 0 ? '-' : value.toFixed(1);
}

/** Apache's combined format, with what a balancer adds behind it: `name=value`, times in milliseconds. */
const combined: Format = (request) => {
  const { method, url, httpVersion, status, bytesOut, referer, userAgent } = request;
  const line = quoted(`${method} ${url} HTTP/${httpVersion}`);
  const { balancer, backend, attempts, responseTime, upstreamTime, duration, sticky, outcome, code, dropped } = request;
  const times = `responseTime=${ms(responseTime)} upstreamTime=${ms(upstreamTime)} duration=${ms(duration)}`;
  const end = `sticky=${sticky ?? '-'} outcome=${outcome} code=${code ?? '-'}`;
  const lost = dropped === undefined ? '' : ` dropped=${dropped}`;
  const own = `balancer=${balancer} backend=${quoted(backend)} attempts=${attempts} ${times} ${end}${lost}`;
  const client = request.client === '' ? '-' : request.client.replace(/[^0-9a-zA-Z.:%_-]/g, '?');
  const size = bytesOut === 0 ? '-' : bytesOut;
  const tail = `${quoted(referer)} ${quoted(userAgent)} ${own}`;
  return `${client} - - [${logTime(request.at)}] ${line} ${status} ${size} ${tail}`;
};

/** What a JSON line holds, and what a logger is given. */
export function fieldsOf(request: LoggedRequest): object {
  return { ...request, at: isoDate(request.at) };
}

const json: Format = (request) => JSON.stringify(fieldsOf(request)).replace(UNSAFE_IN_JSON, unicodeEscaped);

export const formats = { combined, json } satisfies Record<string, Format>;

/** One line whatever a function of the user's made of it. */
export function oneLine(line: string): string {
  return line.replace(CONTROL, escaped);
}
