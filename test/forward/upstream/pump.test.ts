import type { ClientRequest, IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { ReplayableBody } from '../../../lib/forward/request/replayable-body.js';
import { pumpRequest, pumpResponse } from '../../../lib/forward/upstream/pump.js';
import { fakeRequest, settled } from '../../core/fakes.js';

function fakeSink(accepts = true) {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void => {
      calls.push([name, ...args.map((arg) => (Buffer.isBuffer(arg) ? arg.toString() : arg))]);
    };
  return {
    calls,
    connected: note('connected'),
    sent: note('sent'),
    informational: note('informational'),
    head: note('head'),
    data: (chunk: Buffer) => {
      note('data')(chunk);
      return accepts;
    },
    end: note('end'),
    fail: note('fail'),
  };
}

/** As much of a request to a backend as a pump uses. */
function fakeUpstream(accepts = true) {
  const listeners = new Map<string, () => void>();
  const upstream = {
    write: vi.fn((_chunk: Buffer) => accepts),
    end: vi.fn(),
    addTrailers: vi.fn(),
    once: (name: string, listener: () => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
  };
  return { upstream, asRequest: upstream as unknown as ClientRequest, listeners };
}

describe('pumpRequest', () => {
  it('sends each part, tells of it, and ends', async () => {
    const body = fakeRequest({ method: 'POST' });
    const { upstream, asRequest } = fakeUpstream();
    const sink = fakeSink();
    pumpRequest(new ReplayableBody(body, 0), asRequest, sink);
    body.push('one');
    await settled();
    body.push('two');
    body.push(null);
    await settled();
    expect(upstream.write.mock.calls.map(([chunk]) => String(chunk))).toEqual(['one', 'two']);
    expect(sink.calls).toEqual([
      ['sent', 3],
      ['sent', 3],
    ]);
    expect(upstream.end).toHaveBeenCalledOnce();
    expect(upstream.addTrailers).not.toHaveBeenCalled();
  });

  it('passes trailers on', async () => {
    const body = fakeRequest({ method: 'POST', extra: { rawTrailers: ['Checksum', 'abc'] } });
    const { upstream, asRequest } = fakeUpstream();
    pumpRequest(new ReplayableBody(body, 0), asRequest, fakeSink());
    body.push(null);
    await settled();
    expect(upstream.addTrailers).toHaveBeenCalledWith([['Checksum', 'abc']]);
  });

  it('goes at the backend’s pace', async () => {
    const body = fakeRequest({ method: 'POST' });
    const { upstream, asRequest, listeners } = fakeUpstream(false);
    pumpRequest(new ReplayableBody(body, 0), asRequest, fakeSink());
    body.push('one');
    await settled();
    body.push('two');
    await settled();
    expect(upstream.write).toHaveBeenCalledOnce();
    expect(body.isPaused()).toBe(true);
    listeners.get('drain')?.();
    await settled();
    expect(upstream.write).toHaveBeenCalledTimes(2);
  });

  it('that is stopped sends nothing more, and leaves the rest with the client', async () => {
    const body = fakeRequest({ method: 'POST' });
    const { upstream, asRequest, listeners } = fakeUpstream(false);
    const stop = pumpRequest(new ReplayableBody(body, 0), asRequest, fakeSink());
    body.push('one');
    await settled();
    stop();
    body.push('two');
    body.push(null);
    await settled();
    expect(upstream.write).toHaveBeenCalledOnce();
    expect(upstream.end).not.toHaveBeenCalled();
    expect(listeners.size).toBe(0);
    expect(body.readableLength).toBe(3);
  });
});

describe('pumpResponse', () => {
  function answer(extra: object = {}): IncomingMessage {
    return Object.assign(fakeRequest({ headers: ['X-A', '1'] }), { statusCode: 200, statusMessage: 'OK', ...extra });
  }

  it('tells of head, body and end, in this order', async () => {
    const incoming = answer({ rawTrailers: ['T', '1'] });
    const sink = fakeSink();
    pumpResponse(incoming, sink, 'GET');
    incoming.push('hello');
    incoming.push(null);
    await settled();
    expect(sink.calls).toEqual([
      ['head', 200, 'OK', ['X-A', '1']],
      ['data', 'hello'],
      ['end', ['T', '1']],
    ]);
  });

  it('does not take a broken answer for a whole one', async () => {
    const incoming = answer({ complete: false });
    const sink = fakeSink();
    pumpResponse(incoming, sink, 'GET');
    incoming.push('half');
    incoming.push(null);
    await settled();
    expect(sink.calls.map(([name]) => name)).toEqual(['head', 'data']);
    incoming.emit('error', new Error('aborted'));
    expect(sink.calls.at(-1)?.[0]).toBe('fail');
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('ends the answer to %s with %i at its head, whatever follows', async (method, statusCode) => {
    const incoming = answer({ statusCode });
    const sink = fakeSink();
    pumpResponse(incoming, sink, method);
    expect(sink.calls.map(([name]) => name)).toEqual(['head', 'end']);
    incoming.emit('error', new Error('no chunk expected'));
    incoming.push(null);
    await settled();
    expect(sink.calls).toHaveLength(2);
  });

  it('pauses when the client is slower', async () => {
    const incoming = answer();
    pumpResponse(incoming, fakeSink(false), 'GET');
    incoming.push('hello');
    await settled();
    expect(incoming.isPaused()).toBe(true);
  });

  it('makes do without status and reason', () => {
    const sink = fakeSink();
    pumpResponse(answer({ statusCode: undefined, statusMessage: undefined }), sink, 'GET');
    expect(sink.calls).toEqual([['head', 0, '', ['X-A', '1']]]);
  });
});
