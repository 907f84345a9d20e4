import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { backendAgent, whenEstablished } from '../../../lib/forward/upstream/connections.js';
import { MemorySocket, one } from '../../core/fakes.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What an agent opens, in place of a socket. */
function opening(backend = one(), keepAlive = true) {
  const socket = new MemorySocket();
  const prototype = HttpAgent.prototype as unknown as { createConnection(): Duplex };
  vi.spyOn(prototype, 'createConnection').mockReturnValue(socket);
  const agent = backendAgent(backend, {}, keepAlive).http as unknown as { createConnection(options: object): Duplex };
  return { agent, socket, backend };
}

describe('backendAgent', () => {
  it('keeps connections alive, unless told otherwise', () => {
    expect(backendAgent(one(), {}, true).http).toMatchObject({ keepAlive: true });
    expect(backendAgent(one(), {}, false).http).toMatchObject({ keepAlive: false });
  });

  it('speaks TLS to https backends, with what it was told', () => {
    const agent = backendAgent(one('https://b.example'), { servername: 'x', rejectUnauthorized: false }, true).http;
    expect(agent).toBeInstanceOf(HttpsAgent);
    expect(agent).toMatchObject({ options: { servername: 'x', rejectUnauthorized: false }, keepAlive: true });
    expect(backendAgent(one(), {}, true).http).not.toBeInstanceOf(HttpsAgent);
  });
});

describe('whenEstablished', () => {
  it('waits for a connection that is being made', () => {
    const { agent, socket, backend } = opening();
    agent.createConnection({});
    const then = vi.fn();
    whenEstablished(socket, backend, then);
    expect(then).not.toHaveBeenCalled();
    socket.emit('connect');
    expect(then).toHaveBeenCalledOnce();
  });

  it('does not wait for one that stands', () => {
    const { agent, socket, backend } = opening();
    agent.createConnection({});
    socket.emit('connect');
    const then = vi.fn();
    whenEstablished(socket, backend, then);
    expect(then).toHaveBeenCalledOnce();
  });

  it('waits for TLS, not for the connection beneath, at an https backend', () => {
    const socket = new MemorySocket();
    const then = vi.fn();
    whenEstablished(socket, one('https://b.example'), then);
    socket.emit('connect');
    expect(then).not.toHaveBeenCalled();
    socket.emit('secureConnect');
    expect(then).toHaveBeenCalledOnce();
  });
});
