import { describe, expect, it, vi } from 'vitest';
import { Tunnel } from '../../../lib/forward/upstream/tunnel.js';
import { closeFrame } from '../../../lib/util/websocket-frames.js';
import { MemorySocket, settled } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

/** `payload` in a text frame of a server's. */
const frame = (payload: string): Buffer =>
  Buffer.from(`\x81${String.fromCharCode(payload.length)}${payload}`, 'latin1');
const told = closeFrame(false).toString('latin1');
const toldBackend = closeFrame(true).toString('latin1');
/** The client's own answer to it. */
const reply = closeFrame(true);

function house(isWebSocket = true) {
  const client = new MemorySocket();
  const backend = new MemorySocket();
  const watch = { sent: vi.fn(), received: vi.fn(), tunnelEnds: vi.fn() };
  const done = vi.fn();
  const nothing = Buffer.alloc(0);
  const side = (socket: MemorySocket) => ({ socket, head: nothing });
  const tunnel = new Tunnel(side(client), side(backend), isWebSocket, watch, done);
  return { client, backend, watch, done, tunnel, clock: new FakeClock() };
}

describe('a client that is asked to leave', () => {
  it('is told between two frames, and what it answers ends both sides', async () => {
    const { client, backend, tunnel, done } = house();
    backend.push(frame('one'));
    await settled();
    expect(tunnel.leave()).toBe(true);
    expect(client.written).toBe(`${frame('one').toString('latin1')}${told}`);
    // What the backend says from here on is of no use to anyone.
    backend.push(frame('late'));
    client.push(Buffer.concat([frame('mine'), reply]));
    await settled();
    expect(client.written).toMatch(new RegExp(`${told}$`));
    expect(backend.written).toBe(Buffer.concat([frame('mine'), reply]).toString('latin1'));
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1));
    expect([client.destroyed, backend.destroyed]).toEqual([true, true]);
  });

  it('gets the frame that is under way to its end first, and nothing behind it', async () => {
    const { client, backend, tunnel } = house();
    const [first, second] = [frame('a long one'), frame('two')];
    backend.push(first.subarray(0, 5));
    await settled();
    expect(tunnel.leave()).toBe(true);
    expect(client.written).not.toContain(told);
    backend.push(Buffer.concat([first.subarray(5), second]));
    await settled();
    expect(client.written).toBe(`${first.toString('latin1')}${told}`);
    expect(tunnel.leave()).toBe(true);
    expect(client.written).toBe(`${first.toString('latin1')}${told}`);
  });

  it('is not told twice where the backend has said it already', async () => {
    const { client, backend, tunnel } = house();
    backend.push(closeFrame(false));
    await settled();
    tunnel.leave();
    expect(client.written).toBe(told);
  });

  it('cannot be asked in another protocol, nor where these are no frames', async () => {
    expect(house(false).tunnel.leave()).toBe(false);
    const { backend, client, tunnel } = house();
    backend.push('hello');
    await settled();
    expect(tunnel.leave()).toBe(false);
    expect(client.written).toBe('hello');
  });
});

describe('cut', () => {
  it('tells both sides where they stand between two frames, and is over soon', async () => {
    const { client, backend, tunnel, clock, done } = house();
    tunnel.cut(clock);
    expect([client.written, backend.written]).toEqual([told, toldBackend]);
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1));
  });

  it('says nothing in the middle of a frame', async () => {
    const { client, backend, tunnel, clock } = house();
    backend.push(frame('four').subarray(0, 3));
    await settled();
    tunnel.cut(clock);
    expect(client.written).not.toContain(told);
    expect(backend.written).toBe(toldBackend);
  });

  it('does not say it again to who was asked', async () => {
    const { client, tunnel, clock } = house();
    tunnel.leave();
    tunnel.cut(clock);
    expect(client.written).toBe(told);
  });

  it('does not wait for who does not read', async () => {
    const { client, backend, tunnel, clock } = house();
    client._write = () => {};
    backend.push(frame('stuck'));
    await settled();
    tunnel.cut(clock);
    await settled();
    expect(client.destroyed).toBe(false);
    clock.advance(1_000);
    expect([client.destroyed, backend.destroyed]).toEqual([true, true]);
  });

  it('breaks anything else off', () => {
    const { client, backend, tunnel, clock } = house(false);
    tunnel.cut(clock);
    expect([client.destroyed, backend.destroyed, client.written]).toEqual([true, true, '']);
  });
});
