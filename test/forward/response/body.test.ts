import { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { announcedLength, breakOff } from '../../../lib/forward/response/body.js';
import { fakeExchange, MemorySocket } from '../../core/fakes.js';

describe('announcedLength', () => {
  it.each([
    ['GET', 200, ['Content-Length', '5'], 5],
    ['GET', 200, ['content-length', '0'], 0],
    ['POST', 404, ['X-A', '1', 'CONTENT-LENGTH', '7'], 7],
    ['GET', 200, [], undefined],
    ['GET', 200, ['Transfer-Encoding', 'chunked'], undefined],
    // None follows, whatever it says (RFC 9110, 8.6).
    ['HEAD', 200, ['Content-Length', '5'], undefined],
    ['GET', 204, ['Content-Length', '5'], undefined],
    ['GET', 304, ['Content-Length', '5'], undefined],
  ] as const)('%s %i %j: %s', (method, status, headers, length) => {
    expect(announcedLength(method, status, headers)).toBe(length);
  });
});

describe('breakOff', () => {
  /** An exchange whose client is at this end of a connection. */
  function exchangeOver(httpVersion: '1.0' | '1.1' | '2.0', properties: object) {
    const socket = Object.defineProperties(new Socket(), Object.getOwnPropertyDescriptors(properties));
    const reset = vi.spyOn(socket, 'resetAndDestroy').mockReturnValue(socket);
    const exchange = fakeExchange({ httpVersion });
    Object.defineProperty(exchange.response, 'socket', { value: socket });
    const destroy = vi.spyOn(exchange.response, 'destroy').mockReturnValue(exchange.response);
    return { exchange, reset, destroy };
  }

  it('resets an HTTP/1.0 client: the end of its connection would be the end of the answer', () => {
    const { exchange, reset, destroy } = exchangeOver('1.0', { remoteAddress: '203.0.113.7' });
    breakOff(exchange);
    expect(reset).toHaveBeenCalledOnce();
    expect(destroy).not.toHaveBeenCalled();
  });

  it.each([
    ['an HTTP/1.1 client, which sees that bytes or a last chunk are missing', '1.1', { remoteAddress: '203.0.113.7' }],
    ['TLS, which cannot be reset', '1.0', { remoteAddress: '203.0.113.7', encrypted: true }],
    ['a pipe, which cannot either', '1.0', { remoteAddress: undefined }],
  ] as const)('destroys the response of %s', (_what, httpVersion, properties) => {
    const { exchange, reset, destroy } = exchangeOver(httpVersion, properties);
    breakOff(exchange);
    expect(reset).not.toHaveBeenCalled();
    expect(destroy.mock.calls).toEqual([[undefined]]);
  });

  it('ends an HTTP/2 stream with an error', () => {
    const { exchange, destroy } = exchangeOver('2.0', { remoteAddress: '203.0.113.7' });
    breakOff(exchange);
    expect(destroy).toHaveBeenCalledWith(expect.any(Error));
  });

  it('destroys the client’s socket of an upgrade', () => {
    const socket = new MemorySocket();
    breakOff(fakeExchange({ upgrade: { socket, release: () => Buffer.alloc(0) } }));
    expect(socket.destroyed).toBe(true);
  });
});
