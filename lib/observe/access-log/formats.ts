import { isoDate } from '../../core/clock.js';
import type { RequestRecord } from '../../core/events.js';
import { jsonNumber, jsonText } from './json.js';

/** What a line is made from: a record whose strings are cut and without secrets, and the lines lost before it. */
export type LoggedRequest = RequestRecord & {
  /** Lines that were dropped just before this one, since the stream was too slow; absent for none. */
  readonly dropped?: number;
};

/** Makes the line, without its end. */
export type Format = (request: LoggedRequest) => string;

/** Anything but printable ASCII without quotes and backslashes: what ends a line, steers a terminal, or is not in the encoding that a reader assumes. */
const UNSAFE = /[^ !#-[\]-~]/g;

/** What breaks a line or steers a terminal; a tab, which divides columns, does not. */
const CONTROL = /[^\t -~\u00a0-\u2027\u202a-\uffff]/g;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A value in quotes as Apache writes it (mod_log_config): `\xhh` for what could be taken for something else. */
function quoted(value: string | undefined): string {
  return value === undefined || value === '' ? '"-"' : `"${value.replace(UNSAFE, escaped)}"`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The second that was written last: most lines share theirs with the one before, and making a date takes long. */
let lately = { second: Number.NaN, iso: '', log: '' };

function secondOf(at: number): typeof lately {
  const second = Math.floor(at / 1_000);
  if (second !== lately.second) lately = { second, ...textsOf(second) };
  return lately;
}

/** As in `2000-10-10T13:55:36.` and `10/Oct/2000:13:55:36 +0000`; always UTC. */
function textsOf(second: number): { iso: string; log: string } {
  const iso = isoDate(second * 1_000).slice(0, -'000Z'.length);
  const [date = '', time = ''] = iso.split('T');
  const [year, month, day] = date.split('-');
  return { iso, log: `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, -1)} +0000` };
}

/** The same as {@link isoDate}. */
function isoTime(at: number): string {
  const { second, iso } = secondOf(at);
  return `${iso}${String(Math.floor(at) - second * 1_000).padStart(3, '0')}Z`;
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
  return `${client} - - [${secondOf(request.at).log}] ${line} ${status} ${size} ${tail}`;
};

/** What a logger is given, which is what a JSON line holds. */
export function fieldsOf(request: LoggedRequest): object {
  return { ...request, at: isoTime(request.at) };
}

/**
 * The fields that every record has, in its order, and then the others. Written out: `JSON.stringify` of the record takes
 * twice as long, which showed in the throughput of the balancer.
 */
const json: Format = (request) => {
  const { at, balancer, method, url, httpVersion, client, upgrade, attempts, duration } = request;
  const { status, outcome, responseTime, upstreamTime, bytesIn, bytesOut } = request;
  const asked = `"method":"${jsonText(method)}","url":"${jsonText(url)}","httpVersion":"${jsonText(httpVersion)}"`;
  const from = `"client":"${jsonText(client)}","upgrade":${upgrade},"attempts":${attempts}`;
  const came = `"duration":${jsonNumber(duration)},"status":${status},"outcome":"${outcome}"`;
  const times = `"responseTime":${jsonNumber(responseTime)},"upstreamTime":${jsonNumber(upstreamTime)}`;
  const bytes = `"bytesIn":${bytesIn},"bytesOut":${bytesOut}`;
  const head = `{"at":"${isoTime(at)}","balancer":"${jsonText(balancer)}"`;
  return `${head},${asked},${from},${came},${times},${bytes}${others(request)}}`;
};

/** Fields that not every record has. */
function others({ backend, code, referer, userAgent, requestId, sticky, coalesced, dropped }: LoggedRequest): string {
  let text = '';
  if (backend !== undefined) text += `,"backend":"${jsonText(backend)}"`;
  if (code !== undefined) text += `,"code":"${code}"`;
  if (referer !== undefined) text += `,"referer":"${jsonText(referer)}"`;
  if (userAgent !== undefined) text += `,"userAgent":"${jsonText(userAgent)}"`;
  if (requestId !== undefined) text += `,"requestId":"${jsonText(requestId)}"`;
  if (sticky !== undefined) text += `,"sticky":"${sticky}"`;
  if (coalesced !== undefined) text += `,"coalesced":${coalesced}`;
  if (dropped !== undefined) text += `,"dropped":${dropped}`;
  return text;
}

export const formats = { combined, json } satisfies Record<string, Format>;

/** One line whatever a function of the user's made of it. */
export function oneLine(line: string): string {
  return line.replace(CONTROL, escaped);
}
