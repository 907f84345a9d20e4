import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { whenClosed } from '../../../lib/forward/response/client-gone.js';
import { fakeRequest, fakeResponse, settled } from '../../core/fakes.js';

/** Responses to requests that came on one connection, one behind the other: the first has the socket. */
function pipelined(count: number): { responses: ServerResponse[]; close: () => void } {
  const first = fakeRequest();
  const responses = Array.from({ length: count }, (_, i) => {
    const request = i === 0 ? first : fakeRequest();
    if (i > 0) Object.defineProperty(request, 'socket', { value: first.socket });
    const { response, socket } = fakeResponse(request);
    if (i > 0) response.detachSocket(socket.asSocket());
    return response;
  });
  return { responses, close: () => void first.socket.destroy() };
}

describe('whenClosed', () => {
  it('tells of a response that closes, once', () => {
    const { response } = fakeResponse(fakeRequest());
    const gone = vi.fn();
    whenClosed(response, gone);
    response.emit('close');
    expect(gone).toHaveBeenCalledOnce();
  });

  it('does not once the waiting has ended', () => {
    const { response } = fakeResponse(fakeRequest());
    const gone = vi.fn();
    whenClosed(response, gone)();
    response.emit('close');
    expect(gone).not.toHaveBeenCalled();
  });

  it('tells a response that waits behind others of its connection’s end', async () => {
    const { responses, close } = pipelined(3);
    const gone = responses.slice(1).map((response) => {
      const listener = vi.fn();
      whenClosed(response, listener);
      return listener;
    });
    expect(gone.map((listener) => listener.mock.calls.length)).toEqual([0, 0]);
    close();
    await settled();
    for (const listener of gone) expect(listener).toHaveBeenCalled();
  });

  it('leaves one listener on a connection, however many wait, and forgets who does no longer', async () => {
    const { responses, close } = pipelined(20);
    const [first] = responses;
    const before = first?.req.socket.listenerCount('close') ?? 0;
    const gone = vi.fn();
    const ends = responses.slice(1).map((response) => whenClosed(response, gone));
    expect((first?.req.socket.listenerCount('close') ?? 0) - before).toBe(1);
    for (const end of ends) end();
    close();
    await settled();
    expect(gone).not.toHaveBeenCalled();
  });
});
