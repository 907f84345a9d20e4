import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import { type HeaderList, headerPairs, joinedValues } from '../../util/header-list.js';
import { connectionNamed, isHopByHop } from '../hop-by-hop.js';

/** More interim answers than this to one request are an attack, or a backend gone mad. */
export const MAX_INTERIM = 32;

/** Every line that goes on: those of the connection do not, nor a length, since there is no body (RFC 9110, 8.6). */
function passable(headers: HeaderList): [name: string, value: string][] {
  const named = connectionNamed(joinedValues(headers, 'connection'));
  return headerPairs(headers).filter(([name]) => {
    const lower = name.toLowerCase();
    return lower !== 'content-length' && !isHopByHop(lower, named);
  });
}

/**
 * Passes an interim answer (103 Early Hints and its like) on. Node has methods for two of them that check and rewrite;
 * the bytes of any are simple enough. A client of HTTP/1.0 would take it for the answer (RFC 9110, 15.2), and on a
 * pipelined connection it has to wait for its turn, so neither gets it: a client can do without.
 */
export function writeInterim(response: ServerResponse, status: number, headers: HeaderList): void {
  if (response.headersSent) return;
  if (response.req.httpVersionMajor === 2) sendInterim(response, status, headers);
  else if (response.req.httpVersion === '1.1' && response.socket instanceof Socket) {
    const lines = passable(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Information'}\r\n${lines.join('')}\r\n`;
    response.socket.write(head, 'latin1');
  }
}

/** As much as is used here of the stream behind a response of HTTP/2. */
interface InterimStream {
  additionalHeaders(headers: Readonly<Record<string, number | string | string[]>>): void;
}

function hasInterim(stream: unknown): stream is InterimStream {
  return stream instanceof Object && 'additionalHeaders' in stream && typeof stream.additionalHeaders === 'function';
}

function sendInterim(response: ServerResponse, status: number, headers: HeaderList): void {
  const stream = 'stream' in response ? response.stream : undefined;
  if (!hasInterim(stream)) return;
  const fields: Record<string, number | string | string[]> = Object.create(null);
  for (const [name, value] of passable(headers)) {
    const lower = name.toLowerCase();
    const before = fields[lower];
    fields[lower] = before === undefined ? value : [before, value].flat().map(String);
  }
  try {
    stream.additionalHeaders({ ...fields, ':status': status });
  } catch {
    // The stream has just ended, or a line is none that Node sends twice.
  }
}
