import type { IncomingMessage } from 'node:http';
import { systemId } from '../core/random.js';

/** What may stand for an id in a log line without doing harm there. */
const ID = /^[A-Za-z0-9._:=+/-]{1,128}$/;

/** The id the client (or a proxy in front) gave this request, else a new one. */
export function requestIdOf(request: IncomingMessage, header: string): string {
  const given = request.headers[header.toLowerCase()];
  return typeof given === 'string' && ID.test(given) ? given : systemId();
}
