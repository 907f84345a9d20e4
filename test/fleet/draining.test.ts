import { describe, expect, it, vi } from 'vitest';
import type { AdminState, BackendRecord } from '../../lib/core/backend.js';
import { Leases } from '../../lib/core/lease.js';
import { Pool } from '../../lib/core/pool.js';
import { Draining } from '../../lib/fleet/draining.js';
import { backendsOf, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { FakeForwarder } from './fakes.js';

const NOW = { timeout: undefined, upgrades: undefined };
const NOTHING = { ended: 0, cut: 0 };

function house({ pins = false } = {}) {
  const clock = new FakeClock();
  const members = backendsOf(1, 1);
  const [a] = members as [BackendRecord];
  const pool = new Pool(members);
  const forwarder = new FakeForwarder();
  const leave = vi.fn();
  const setState = (backend: BackendRecord, state: AdminState): void => {
    backend.state = state;
    draining.stateChanged(backend);
  };
  const draining = new Draining({ pool, clock, forwarder: forwarder.asForwarder(), pins, setState, leave });
  const leases = new Leases(clock, (backend, _outcome, lease) => draining.released(backend, lease));
  const begin = () => forwarder.began(leases.acquire(a));
  return { clock, a, draining, forwarder, leave, setState, begin };
}

describe('a drain', () => {
  it('of a backend with nothing under way is over at once', async () => {
    const { draining, a } = house();
    expect(await draining.drain(a, NOW)).toEqual({ requests: NOTHING, streams: NOTHING, upgrades: NOTHING });
    expect(a.state).toBe('drain');
  });

  it('counts requests, streams and upgrades as they end by themselves', async () => {
    const { draining, a, forwarder, begin } = house();
    const [request, stream, upgrade] = [begin(), begin(), begin()];
    stream.answered(200);
    upgrade.upgraded();
    const report = draining.drain(a, NOW);
    for (const lease of [request, stream, upgrade]) forwarder.ended(lease);
    const one = { ended: 1, cut: 0 };
    expect(await report).toEqual({ requests: one, streams: one, upgrades: one });
  });

  it('cuts at its deadline what is left, and says so', async () => {
    const { draining, a, clock, forwarder, begin } = house();
    const [, request] = [begin(), begin()];
    const report = draining.drain(a, { timeout: 100, upgrades: undefined });
    clock.advance(99);
    forwarder.ended(request);
    clock.advance(1);
    expect(await report).toMatchObject({ requests: { ended: 1, cut: 1 } });
  });

  it('has thirty seconds where nobody says otherwise; a later call can bring that forward and not put it off', async () => {
    const { draining, a, clock, begin } = house();
    begin();
    const over = vi.fn();
    void draining.drain(a, NOW).then(over);
    void draining.drain(a, { timeout: 20_000, upgrades: undefined });
    void draining.drain(a, { timeout: 60_000, upgrades: undefined });
    clock.advance(19_999);
    await settled();
    expect(over).not.toHaveBeenCalled();
    clock.advance(1);
    await settled();
    expect(over).toHaveBeenCalledOnce();
  });

  it('waits for its deadline where clients are pinned: they may come back', async () => {
    const { draining, a, clock } = house({ pins: true });
    const over = vi.fn();
    void draining.drain(a, { timeout: 100, upgrades: undefined }).then(over);
    await settled();
    expect(over).not.toHaveBeenCalled();
    clock.advance(100);
    await settled();
    expect(over).toHaveBeenCalledOnce();
  });

  it('is called off when its operator says ready', async () => {
    const { draining, a, setState, begin, leave } = house();
    begin();
    const report = draining.drain(a, NOW);
    setState(a, 'ready');
    expect(await report).toMatchObject({ calledOff: true });
    expect(leave).not.toHaveBeenCalled();
  });

  it('asks tunnels to leave only where that is said', () => {
    const { draining, a, forwarder, begin } = house();
    begin().upgraded();
    void draining.drain(a, NOW);
    expect(forwarder.endTunnels).not.toHaveBeenCalled();
    void draining.drain(a, { timeout: undefined, upgrades: 'close' });
    expect(forwarder.endTunnels).toHaveBeenCalledOnce();
  });
});

describe('a removal', () => {
  it('is a drain at whose end the backend leaves', async () => {
    const { draining, a, forwarder, begin, leave } = house();
    const request = begin();
    const report = draining.remove(a, NOW);
    expect(draining.isLeaving(a)).toBe(true);
    expect(leave).not.toHaveBeenCalled();
    forwarder.ended(request);
    await report;
    expect(leave).toHaveBeenCalledExactlyOnceWith(a);
  });

  it('of one that is declared again is called off, and it is what it was', async () => {
    const { draining, a, begin, leave } = house();
    begin();
    const report = draining.remove(a, NOW);
    draining.stay(a);
    expect(await report).toMatchObject({ calledOff: true });
    expect(a.state).toBe('ready');
    expect(leave).not.toHaveBeenCalled();
  });

  it('leaves a drain that somebody asked for', () => {
    const { draining, a, begin } = house();
    begin();
    void draining.drain(a, NOW);
    void draining.remove(a, NOW);
    draining.stay(a);
    expect(a.state).toBe('drain');
    expect(draining.isLeaving(a)).toBe(false);
  });
});
