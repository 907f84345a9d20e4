import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { HeaderList } from '../../util/header-list.js';
import { headerValues } from '../../util/header-list.js';
import { connectionNamed, isHopByHop } from '../hop-by-hop.js';

/** More interim answers than this to one request are an attack, or a backend gone mad. */
export const MAX_INTERIM = 32;

/**
 * Passes an interim answer (103 Early Hints and its like) on. Node has methods for two of them that check and rewrite;
 * the bytes of any are simple enough. A client of HTTP/1.0 would take it for the answer (RFC 9110, 15.2), and on a
 * pipelined connection it has to wait for its turn, so neither gets it: a client can do without.
 */
export function writeInterim(response: ServerResponse, status: number, headers: HeaderList): void {
  const { httpVersion } = response.req;
  if (httpVersion !== '1.1' || response.headersSent || !(response.socket instanceof Socket)) return;
  const named = connectionNamed(headerValues(headers, 'connection').join(','));
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Information'}\r\n`;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const lower = name.toLowerCase();
    // It has no body whose length could be named (RFC 9110, 8.6).
    if (lower !== 'content-length' && !isHopByHop(lower, named)) text += `${name}: ${headers[i + 1]}\r\n`;
  }
  response.socket.write(`${text}\r\n`, 'latin1');
}
