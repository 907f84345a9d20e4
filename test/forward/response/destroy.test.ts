import { describe, expect, it, vi } from 'vitest';
import { destroyResponse } from '../../../lib/forward/response/destroy.js';
import { fakeRequest, fakeResponse, MemorySocket } from '../../core/fakes.js';

describe('destroyResponse', () => {
  it('ends the connection', () => {
    const { response, socket } = fakeResponse(fakeRequest());
    destroyResponse(response);
    expect(socket.destroyed).toBe(true);
  });

  it('ends that of a response which waits for its turn, as soon as that comes', () => {
    const { response, socket } = fakeResponse(fakeRequest());
    response.detachSocket(socket.asSocket());
    destroyResponse(response);
    expect(socket.destroyed).toBe(false);
    response.assignSocket(socket.asSocket());
    expect(socket.destroyed).toBe(true);
  });

  it('leaves the connection of one that is over alone', () => {
    const { response, socket } = fakeResponse(fakeRequest());
    response.detachSocket(socket.asSocket());
    response.destroyed = true;
    const next = new MemorySocket();
    destroyResponse(response);
    response.emit('socket', next.asSocket());
    expect(next.destroyed).toBe(false);
  });

  it('hands an error to the stream of HTTP/2, which has no turns', () => {
    const { response, socket } = fakeResponse(fakeRequest({ httpVersion: '2.0' }));
    response.detachSocket(socket.asSocket());
    const destroy = vi.spyOn(response, 'destroy').mockReturnValue(response);
    const error = new Error('broken');
    destroyResponse(response, error);
    expect(destroy).toHaveBeenCalledWith(error);
    expect(response.listenerCount('socket')).toBe(0);
  });
});
