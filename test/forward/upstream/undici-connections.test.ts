import { describe, expect, it, vi } from 'vitest';
import { type Connector, UndiciConnections } from '../../../lib/forward/upstream/undici-connections.js';
import { MemorySocket } from '../../core/fakes.js';

/** Clients that connect when told to. */
function house() {
  const sockets: MemorySocket[] = [];
  const connects: Connector[] = [];
  let refused = false;
  const destroy = vi.fn(async () => {});
  const connections = new UndiciConnections((wire) => {
    connects.push(
      wire((_options, callback) => {
        // As undici's own connector does: without a second argument.
        if (refused) return callback(new Error('refused'));
        const socket = new MemorySocket();
        sockets.push(socket);
        callback(null, socket);
      }),
    );
    return { dispatch: () => true, destroy };
  });
  /** @returns the error undici hears of */
  const connect = (): Error | null => {
    let told: Error | null = null;
    connects.at(-1)?.({}, (error) => {
      told = error;
    });
    return told;
  };
  const refuse = (): void => {
    refused = true;
  };
  const handler = { runOut: vi.fn() };
  const carried = (connection: ReturnType<typeof connections.take>): void => {
    connection.carry({}, handler);
    connection.carries();
  };
  /** A request that went through. */
  const through = (fresh = false) => {
    const connection = connections.take(fresh);
    if (!connection.stands) connect();
    carried(connection);
    connection.ended();
    return connection;
  };
  return { connections, connect, refuse, carried, through, sockets, handler, destroy };
}

describe('connections of undici’s to one backend', () => {
  it('are used again, the last one first, and counted', () => {
    const { connections, connect, carried, through } = house();
    const first = through();
    expect(through()).toBe(first);
    carried(connections.take(false));
    const second = connections.take(false);
    connect();
    carried(second);
    expect(connections.counts).toEqual({ open: 2, idle: 0, opened: 2, reused: 2 });
    first.ended();
    second.ended();
    expect(connections.take(false)).toBe(second);
    expect(connections.take(false)).toBe(first);
  });

  it('are not used again where a fresh one is asked for', () => {
    const { connections, through } = house();
    expect(through(true)).not.toBe(through(true));
    expect(connections.counts).toEqual({ open: 2, idle: 2, opened: 2, reused: 0 });
  });

  it('are none that never came about', () => {
    const { connections, connect, refuse } = house();
    const connection = connections.take(false);
    refuse();
    expect(connect()).toBeInstanceOf(Error);
    connection.ended();
    expect(connections.counts).toEqual({ open: 0, idle: 0, opened: 0, reused: 0 });
    expect(connections.take(false)).not.toBe(connection);
  });

  it('are gone once closed, idle or not', () => {
    const { connections, through, carried, sockets } = house();
    const first = through();
    const second = through(true);
    carried(connections.take(false));
    sockets[0]?.emit('close');
    sockets[1]?.emit('close');
    expect(connections.counts).toMatchObject({ open: 0, idle: 0 });
    second.ended();
    expect([first, second]).not.toContain(connections.take(false));
  });

  it('are as new when undici has opened them anew before it sent the request', () => {
    const { connections, connect, through, carried, sockets } = house();
    const connection = through();
    connections.take(false);
    carried(connection);
    expect(connection.used).toBe(true);
    sockets[0]?.emit('close');
    connect();
    connection.carries();
    expect(connection.used).toBe(false);
    connection.ended();
    expect(connections.counts).toMatchObject({ open: 1, idle: 1, opened: 2 });
  });

  it('tell the request on them, and no other, that the backend has ended', () => {
    const { connections, connect, carried, sockets, handler } = house();
    const connection = connections.take(false);
    connect();
    carried(connection);
    sockets[0]?.emit('end');
    expect(handler.runOut).toHaveBeenCalledOnce();
    connection.ended();
    sockets[0]?.emit('end');
    expect(handler.runOut).toHaveBeenCalledOnce();
  });

  it('call a reset by another name', () => {
    const { through, sockets } = house();
    through();
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    sockets[0]?.emit('error', reset);
    expect(reset.code).toBe('UND_ERR_SOCKET');
  });

  it('end together, those under way included', async () => {
    const { connections, through, destroy } = house();
    through();
    connections.take(true);
    await connections.destroy();
    expect(destroy).toHaveBeenCalledTimes(2);
  });
});
