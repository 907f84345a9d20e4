import { describe, expect, it, vi } from 'vitest';
import { Errand } from '../../lib/forward/errand.js';
import { consumedRequest, fakeErrand, fakeExchange, settled, thrownBy } from '../core/fakes.js';

const upload = { method: 'PUT', headers: ['Content-Length', '3'], extra: { complete: false } };

describe('an errand', () => {
  it('asks how much to keep only for a body that streams', () => {
    const keeps = vi.fn(() => 10);
    expect(new Errand(fakeExchange(), 0, keeps).body.kind).toBe('none');
    expect(keeps).not.toHaveBeenCalled();
    const exchange = fakeExchange(upload);
    const errand = new Errand(exchange, 0, keeps);
    expect(errand.body).toBe(errand.body);
    expect(keeps.mock.calls).toEqual([[exchange.request]]);
  });

  it('without a body is repeatable, at any time', () => {
    const errand = fakeErrand(fakeExchange());
    errand.committed();
    errand.end();
    expect([errand.repeatable, errand.repeatableAtOnce, errand.incomplete]).toEqual([true, true, false]);
  });

  it('with a body is repeatable while it is kept, and at once when all of it is', async () => {
    const exchange = fakeExchange(upload);
    const errand = fakeErrand(exchange);
    const { body } = errand;
    if (body.kind !== 'stream') throw new Error('no stream');
    expect([errand.repeatable, errand.repeatableAtOnce]).toEqual([true, false]);
    body.stream.read({ data: () => true, end: () => {} });
    exchange.request.push('abc');
    exchange.request.push(null);
    await settled();
    expect([errand.repeatable, errand.repeatableAtOnce]).toEqual([true, true]);
    errand.committed();
    expect([errand.repeatable, errand.repeatableAtOnce]).toEqual([false, false]);
    errand.end();
  });

  it('waits for its client as long as that has not sent its body and nobody holds it up', () => {
    const exchange = fakeExchange(upload);
    const errand = fakeErrand(exchange);
    expect([errand.incomplete, errand.awaitsClient]).toEqual([true, true]);
    exchange.request.pause();
    expect(errand.awaitsClient).toBe(false);
  });

  describe('tells of its body', () => {
    /** What a tap is told. */
    function tapped(errand: Errand): string[] {
      const told: string[] = [];
      errand.tap({ data: (chunk) => told.push(`${chunk}`), end: () => told.push('end'), cut: () => told.push('cut') });
      return told;
    }

    it('of none, at once', () => {
      expect(tapped(fakeErrand(fakeExchange()))).toEqual(['end']);
    });

    it('of one that a parser has read, at once', async () => {
      const headers = ['Content-Type', 'application/json', 'Content-Length', '9'];
      const request = await consumedRequest({ method: 'POST', headers, extra: { body: { a: 1 } } });
      expect(tapped(fakeErrand(fakeExchange({}, request)))).toEqual(['{"a":1}', 'end']);
    });

    it('of one that streams, as it is read', async () => {
      const exchange = fakeExchange(upload);
      const errand = fakeErrand(exchange);
      const told = tapped(errand);
      exchange.request.push('abc');
      exchange.request.push(null);
      await settled();
      expect(told).toEqual([]);
      if (errand.body.kind === 'stream') errand.body.stream.read({ data: () => true, end: () => {} });
      await settled();
      expect(told).toEqual(['abc', 'end']);
      errand.end();
    });

    it('and cuts it short where the request is over before it', () => {
      const errand = fakeErrand(fakeExchange(upload));
      const told = tapped(errand);
      errand.end();
      expect(told).toEqual(['cut']);
    });

    it('of one that is gone by throwing', async () => {
      const request = await consumedRequest({ method: 'POST', headers: ['Content-Length', '10'] });
      expect(thrownBy(() => tapped(fakeErrand(fakeExchange({}, request)))).code).toBe('FAIRLEAD_BODY_CONSUMED');
    });
  });

  it('says of a copy how long it is, however long its original said it was', async () => {
    const chunked = { method: 'PUT', headers: ['Transfer-Encoding', 'chunked'], extra: { complete: false } };
    const bytes = Buffer.from('äb');
    for (const spec of [upload, chunked]) {
      expect(fakeErrand(fakeExchange(spec)).formOf(bytes)).toEqual({ kind: 'stream', length: '3' });
    }
    expect(fakeErrand(fakeExchange()).formOf(Buffer.alloc(0))).toEqual({ kind: 'none' });
    const headers = ['Content-Type', 'text/plain', 'Content-Length', '3'];
    const parsed = await consumedRequest({ method: 'POST', headers, extra: { body: 'äb' } });
    expect(fakeErrand(fakeExchange({}, parsed)).formOf(bytes)).toEqual({ kind: 'bytes', bytes });
  });
});
