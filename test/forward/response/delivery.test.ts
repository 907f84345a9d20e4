import { describe, expect, it, vi } from 'vitest';
import { Delivery } from '../../../lib/forward/response/delivery.js';
import { fakeExchange, settled } from '../../core/fakes.js';

const NO_EDITS = { pin: () => [], headers: { set: new Map(), remove: new Set<string>() }, map: undefined, added: [] };

function house(headers: readonly string[] = [], status = 200) {
  const exchange = fakeExchange();
  const { response, wire } = exchange;
  const onDrain = vi.fn();
  const delivery = new Delivery(exchange, NO_EDITS, onDrain);
  delivery.head({ status, reason: 'OK', headers });
  return { response, wire, onDrain, delivery };
}

const body = (written: string): string => written.slice(written.indexOf('\r\n\r\n') + 4);

describe('the head', () => {
  it('goes out by itself when nothing comes with it', async () => {
    const { wire } = house(['X-A', '1']);
    await settled();
    expect(wire.written).toMatch(/^HTTP\/1\.1 200 OK\r\nX-A: 1\r\n/);
  });

  it.each([0, 99, 101, 199, 1000])('of status %i cannot be passed on', (status) => {
    const exchange = fakeExchange();
    const { wire } = exchange;
    const delivery = new Delivery(exchange, NO_EDITS, () => {});
    expect(() => delivery.head({ status, reason: '', headers: [] })).toThrow(RangeError);
    expect(wire.written).toBe('');
  });

  it('comes too late when the app has answered', () => {
    const exchange = fakeExchange();
    const { response } = exchange;
    response.writeHead(200).flushHeaders();
    const delivery = new Delivery(exchange, NO_EDITS, () => {});
    expect(() => delivery.head({ status: 200, reason: '', headers: [] })).toThrow(/already answered/);
  });
});

describe('the body', () => {
  it('of an announced length ends with its last byte', async () => {
    const { delivery, response, wire } = house(['Content-Length', '4']);
    delivery.write(Buffer.from('ab'));
    expect(delivery.ended).toBe(false);
    delivery.write(Buffer.from('cd'));
    expect(delivery.ended).toBe(true);
    expect(response.writableEnded).toBe(true);
    await settled();
    expect(body(wire.written)).toBe('abcd');
  });

  it('that is shorter than announced has no end', () => {
    const { delivery, response } = house(['Content-Length', '4']);
    delivery.write(Buffer.from('ab'));
    expect(() => delivery.end([])).toThrow(/shorter/);
    expect(response.writableEnded).toBe(false);
  });

  it('waits for a slow client, again and again, with one listener', () => {
    const { delivery, response, onDrain } = house();
    vi.spyOn(response, 'write').mockReturnValue(false);
    const before = response.listenerCount('drain');
    for (let i = 1; i <= 3; i++) {
      expect(delivery.write(Buffer.from('x'))).toBe(false);
      expect(delivery.waitsForClient).toBe(true);
      response.emit('drain');
      expect(delivery.waitsForClient).toBe(false);
      expect(onDrain).toHaveBeenCalledTimes(i);
    }
    expect(response.listenerCount('drain')).toBe(before + 1);
    delivery.stop();
    expect(response.listenerCount('drain')).toBe(before);
  });
});
