import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { endpointOf } from '../../core/endpoint.js';
import type { Flight, TlsOptions, UpstreamRequest } from '../../core/engine.js';
import type { UpgradeSocket } from '../../core/exchange.js';
import { notPassable } from '../failure.js';
import type { Launchable } from '../ground.js';
import { connectionNamed, isHopByHop } from '../hop-by-hop.js';
import type { ResponseEdits } from '../response/head.js';
import { whenEstablished } from './connections.js';
import { pumpResponse } from './pump.js';
import { Tunnel } from './tunnel.js';

/**
 * Asks the backend to switch protocols, for every engine alike: http-proxy's own `ws()` leaves one side open when the
 * other fails and mishandles a refusal (http-party/node-http-proxy #559, #783, #1468).
 */
export function dialUpgrade(
  request: UpstreamRequest,
  client: UpgradeSocket,
  tls: TlsOptions,
  attempt: Launchable,
): Flight {
  const upstream = openRequest(request, tls);
  let answer: IncomingMessage | undefined;
  /** What to end. Of a tunnel that is its socket: the request and its answer are done with, and need not be kept. */
  let open: { destroy(): unknown } = upstream;
  // Node's default of 2,000 cuts off the rest without a word; `maxHeaderSize` still bounds it.
  upstream.maxHeadersCount = 0;
  upstream.once('socket', (socket) => whenEstablished(socket, request.backend, () => attempt.connected()));
  upstream.once('error', (error) => attempt.fail(error));
  upstream.once('response', (incoming) => {
    answer = incoming;
    pumpResponse(incoming, attempt, request.method);
  });
  upstream.once('upgrade', (incoming, socket, head) => {
    open = socket;
    socket.on('error', destroyed);
    try {
      attempt.switched(incoming.rawHeaders, (lines, done, map) => {
        attempt.errand.exchange.response.detachSocket(client.socket as Socket);
        client.socket.write(switchingHead(incoming, lines, map), 'latin1');
        const side = { socket: client.socket, head: client.release() };
        return new Tunnel(side, { socket, head }, isWebSocket(incoming), attempt, done);
      });
    } catch (thrown) {
      // In an event, where it would end the process.
      attempt.fail(notPassable(thrown, request.backend));
    }
  });
  upstream.end();
  return {
    resume: () => answer?.resume(),
    abort: () => open.destroy(),
  };
}

/** Not a closure of the handshake: it would keep that, and the answer's head with it, for as long as the tunnel lasts. */
function destroyed(this: Duplex): void {
  this.destroy();
}

function isWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function openRequest(request: UpstreamRequest, tls: TlsOptions): ClientRequest {
  const endpoint = endpointOf(request.backend);
  const open = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
  const { method, path, headers } = request;
  // A tunnel's connection is never used again, so it needs no pool.
  return open({ ...tls, ...endpoint, agent: false, method, path, headers });
}

/** The 101 as the backend gave it, its cookies under the mount, with lines of ours. */
function switchingHead(incoming: IncomingMessage, added: readonly string[], map: ResponseEdits['map']): string {
  const { rawHeaders, headers } = incoming;
  const named = connectionNamed(headers.connection);
  const lines = [`HTTP/1.1 101 ${incoming.statusMessage || 'Switching Protocols'}`, 'Connection: Upgrade'];
  if (headers.upgrade !== undefined) lines.push(`Upgrade: ${headers.upgrade}`);
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    const value = rawHeaders[i + 1] as string;
    const lower = name.toLowerCase();
    if (!isHopByHop(lower, named)) lines.push(`${name}: ${map === undefined ? value : map(lower, value)}`);
  }
  for (let i = 0; i < added.length; i += 2) lines.push(`${added[i]}: ${added[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
