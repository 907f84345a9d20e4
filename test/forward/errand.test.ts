import { describe, expect, it, vi } from 'vitest';
import { Errand } from '../../lib/forward/errand.js';
import { fakeErrand, fakeExchange, settled } from '../core/fakes.js';

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
});
