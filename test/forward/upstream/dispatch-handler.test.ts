import { describe, expect, it, vi } from 'vitest';
import type { ResponseSink } from '../../../lib/core/engine.js';
import { DispatchHandler } from '../../../lib/forward/upstream/dispatch-handler.js';
import { one } from '../../core/fakes.js';

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
  const paused = new Set<DispatchHandler>();
  const count = { carried: 0 };
  const resume = vi.fn();
  return { sink, paused, count, resume, handler: new DispatchHandler(request, sink, paused, count) };
}

describe('undici’s handler of one request', () => {
  it('counts the connection it is put on, and tells of it', () => {
    const { handler, sink, count } = house();
    handler.onConnect(() => {});
    expect(count.carried).toBe(1);
    expect(sink.connected).toHaveBeenCalledOnce();
  });

  it('that was given up before takes no connection', () => {
    const { handler, sink, count } = house();
    const abort = vi.fn();
    handler.abort();
    handler.onConnect(abort);
    expect(abort).toHaveBeenCalledOnce();
    expect(count.carried).toBe(0);
    expect(sink.connected).not.toHaveBeenCalled();
  });

  it('passes the answer on', () => {
    const { handler, sink, resume } = house();
    handler.onConnect(() => {});
    handler.onHeaders(200, [Buffer.from('A'), Buffer.from('\xe9', 'latin1')], resume, 'OK');
    expect(handler.onData(Buffer.from('x'))).toBe(true);
    handler.onComplete([]);
    expect(sink.head).toHaveBeenCalledWith(200, 'OK', ['A', '\xe9']);
    expect(sink.end).toHaveBeenCalledWith([]);
  });

  it('waits among the paused ones while the client takes nothing', () => {
    const { handler, paused, resume } = house(false);
    handler.onHeaders(200, [], resume, 'OK');
    expect(handler.onData(Buffer.from('x'))).toBe(false);
    expect([...paused]).toEqual([handler]);
    handler.resume();
    expect(paused.size).toBe(0);
    expect(resume).toHaveBeenCalledOnce();
  });
});
