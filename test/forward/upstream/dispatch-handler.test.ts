import { describe, expect, it, vi } from 'vitest';
import type { ResponseSink } from '../../../lib/core/engine.js';
import { DispatchHandler } from '../../../lib/forward/upstream/dispatch-handler.js';
import { HeadReader } from '../../../lib/forward/upstream/head-reader.js';
import { UndiciConnections } from '../../../lib/forward/upstream/undici-connections.js';
import { MemorySocket, one } from '../../core/fakes.js';

function house(takes = true) {
  const sink = {
    connected: vi.fn(),
    sent: vi.fn(),
    informational: vi.fn(),
    head: vi.fn(),
    data: vi.fn(() => takes),
    end: vi.fn(),
    fail: vi.fn(),
  } satisfies ResponseSink;
  const request = { backend: one(), method: 'GET', path: '/', headers: [], fresh: false, body: undefined };
  const destroy = vi.fn(async () => {});
  const connections = new UndiciConnections((wire) => {
    wire((_options, callback) => callback(null, new MemorySocket()))({}, () => {});
    return { dispatch: () => true, destroy };
  });
  const connection = connections.take(false);
  const handler = new DispatchHandler(request, sink, connection, new HeadReader());
  connection.carry({}, handler);
  return { sink, connections, destroy, resume: vi.fn(), handler };
}

describe('undici’s handler of one request', () => {
  it('tells of the connection it is put on', () => {
    const { handler, sink } = house();
    handler.onConnect(() => {});
    expect(sink.connected).toHaveBeenCalledOnce();
  });

  it('that was given up before is given up with its connection, which carries nothing more', () => {
    const { handler, sink, connections, destroy } = house();
    destroy.mockImplementation(async () => handler.onError(new Error('destroyed')));
    handler.abort();
    expect(destroy).toHaveBeenCalledOnce();
    expect(connections.counts).toMatchObject({ open: 0, idle: 0 });
    expect(sink.fail).not.toHaveBeenCalled();
  });

  it('leaves a connection alone on which undici would not put it, and which may carry another', () => {
    const { handler, connections, destroy } = house();
    handler.onError(new Error('invalid header'));
    handler.abort();
    expect(destroy).not.toHaveBeenCalled();
    expect(connections.counts).toMatchObject({ open: 1, idle: 1 });
  });

  it('passes the answer on, and gives the connection back', () => {
    const { handler, sink, resume, connections } = house();
    handler.onConnect(() => {});
    handler.onHeaders(200, [Buffer.from('A'), Buffer.from('\xe9', 'latin1')], resume, 'OK');
    expect(handler.onData(Buffer.from('x'))).toBe(true);
    expect(connections.counts).toMatchObject({ open: 1, idle: 0 });
    handler.onComplete([]);
    expect(sink.head).toHaveBeenCalledWith(200, 'OK', ['A', '\xe9']);
    expect(sink.end).toHaveBeenCalledWith([]);
    expect(connections.counts).toMatchObject({ open: 1, idle: 1 });
  });

  it('gives no connection back that failed', () => {
    const { handler, connections, destroy } = house();
    handler.onConnect(() => {});
    handler.onError(new Error('broken'));
    expect(connections.counts).toMatchObject({ open: 0, idle: 0 });
    expect(destroy).toHaveBeenCalledOnce();
  });

  it('gives one back on which undici would not put it', () => {
    const { handler, connections, destroy, sink } = house();
    handler.onError(new Error('invalid header'));
    expect(sink.fail).toHaveBeenCalledOnce();
    expect(connections.counts).toMatchObject({ open: 1, idle: 1 });
    expect(destroy).not.toHaveBeenCalled();
  });

  it('takes what is left, and stays paused otherwise, while the client takes nothing', () => {
    const { handler, resume } = house(false);
    handler.onHeaders(200, [], resume, 'OK');
    expect(handler.onData(Buffer.from('x'))).toBe(false);
    resume.mockImplementation(() => expect(handler.onData(Buffer.from(''))).toBe(true));
    handler.runOut();
    expect(resume).toHaveBeenCalledOnce();
    expect(handler.onData(Buffer.from('x'))).toBe(false);
  });
});
