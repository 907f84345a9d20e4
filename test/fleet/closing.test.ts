import { describe, expect, it, vi } from 'vitest';
import { Leases } from '../../lib/core/lease.js';
import { Closing } from '../../lib/fleet/closing.js';
import { one, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { FakeForwarder } from './fakes.js';

const NOW = { timeout: undefined, upgrades: undefined };

function house() {
  const clock = new FakeClock();
  const forwarder = new FakeForwarder();
  const closing = new Closing(forwarder.asForwarder(), undefined, clock);
  // A request is over when its lease is.
  const leases = new Leases(clock, () => closing.exit());
  const backend = one();
  const begin = () => {
    closing.enter();
    return forwarder.began(leases.acquire(backend));
  };
  const stop = vi.fn();
  return { clock, forwarder, closing, begin, stop };
}

describe('closing', () => {
  it('of a balancer with nothing under way ends at once, and closes the connections', async () => {
    const { closing, forwarder, stop } = house();
    expect(closing.refusal).toBeUndefined();
    const report = closing.begin(NOW, stop);
    expect(closing.refusal).toMatchObject({ code: 'FAIRLEAD_CLOSING' });
    expect(stop).toHaveBeenCalledExactlyOnceWith(closing.refusal);
    const none = { ended: 0, cut: 0 };
    expect(await report).toEqual({ requests: none, streams: none, upgrades: none });
    expect(forwarder.close).toHaveBeenCalledOnce();
  });

  it('waits for what is under way, and tells what became of it', async () => {
    const { closing, forwarder, begin, stop } = house();
    const [request, stream, tunnel] = [begin(), begin(), begin()];
    stream.answered(200);
    tunnel.upgraded();
    const report = closing.begin(NOW, stop);
    forwarder.ended(request);
    forwarder.ended(stream);
    await settled();
    expect(forwarder.close).not.toHaveBeenCalled();
    forwarder.ended(tunnel);
    const one = { ended: 1, cut: 0 };
    expect(await report).toEqual({ requests: one, streams: one, upgrades: one });
  });

  it('cuts at the deadline; an answer that began meanwhile was a request', async () => {
    const { closing, clock, begin, stop } = house();
    const [late, stream] = [begin(), begin()];
    begin();
    stream.answered(200);
    const report = closing.begin({ timeout: 100, upgrades: undefined }, stop);
    late.answered(200);
    clock.advance(100);
    expect(await report).toEqual({
      requests: { ended: 0, cut: 1 },
      streams: { ended: 0, cut: 2 },
      upgrades: { ended: 0, cut: 0 },
    });
  });

  it('asks tunnels to leave, unless they are to have until the deadline', () => {
    const first = house();
    void first.closing.begin(NOW, first.stop);
    expect(first.forwarder.endTunnels).toHaveBeenCalledOnce();
    const second = house();
    second.begin();
    void second.closing.begin({ timeout: undefined, upgrades: 'wait' }, second.stop);
    expect(second.forwarder.endTunnels).not.toHaveBeenCalled();
    void second.closing.begin({ timeout: undefined, upgrades: 'close' }, second.stop);
    expect(second.forwarder.endTunnels).toHaveBeenCalledOnce();
  });

  it('a further call joins the first', async () => {
    const { closing, clock, begin, stop } = house();
    begin();
    const reports = [closing.begin(NOW, stop), closing.begin({ timeout: 50, upgrades: undefined }, stop)];
    clock.advance(50);
    expect(await reports[0]).toBe(await reports[1]);
    expect(stop).toHaveBeenCalledOnce();
  });
});
