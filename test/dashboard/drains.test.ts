import { describe, expect, it } from 'vitest';
import { Drains } from '../../lib/dashboard/drains.js';
import { Timeline } from '../../lib/dashboard/timeline.js';
import { settled, thrownBy } from '../core/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

type Report = Awaited<ReturnType<ReturnType<typeof balance>['drain']>>;

/** A balancer whose drains the test ends. */
function draining() {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const lb = balance({ name: 'api', backends: [{ id: 'a', url: 'http://10.0.0.1' }] });
  const begun: { options: object | undefined; end: (report: Report) => void; fail: (why: Error) => void }[] = [];
  const drain = (_id: string, options?: object) =>
    new Promise<Report>((end, fail) => {
      begun.push({ options, end, fail });
    });
  const drains = new Drains(
    Object.assign(() => {}, lb, { drain }),
    'api',
    timeline,
    clock,
  );
  return { clock, begun, drains, texts: () => timeline.since(0).map(({ text }) => text) };
}

const count = (ended = 0, cut = 0) => ({ ended, cut });

describe('Drains', () => {
  it('count down, and tell what came of them', async () => {
    const { clock, begun, drains, texts } = draining();
    drains.begin('a', 30_000, 'close');
    expect(begun[0]?.options).toEqual({ timeout: 30_000, upgrades: 'close' });
    clock.advance(12_000);
    expect(drains.left('a')).toBe(18_000);
    expect(drains.left('b')).toBeUndefined();
    begun[0]?.end({ requests: count(3, 1), streams: count(), upgrades: count(2) });
    await settled();
    expect(drains.left('a')).toBeUndefined();
    expect(texts()).toEqual(['drain ended: 3 requests finished, 1 requests cut, 2 upgrades finished']);
  });

  it('one that is joined is at most made shorter, and told of once', async () => {
    const { begun, drains, texts } = draining();
    drains.begin('a', 10_000, 'wait');
    drains.begin('a', 60_000, 'wait');
    expect(drains.left('a')).toBe(10_000);
    for (const { end } of begun) end({ requests: count(), streams: count(), upgrades: count() });
    await settled();
    expect(texts()).toEqual(['drain ended: nothing was in flight']);
  });

  it('one that is called off, or fails, says so', async () => {
    const { begun, drains, texts } = draining();
    drains.begin('a', 10_000, 'wait');
    begun[0]?.end({ requests: count(), streams: count(), upgrades: count(), calledOff: true });
    await settled();
    drains.begin('a', 10_000, 'wait');
    begun[1]?.fail(new Error('closed'));
    await settled();
    expect(texts()).toEqual(['drain ended: called off', 'drain failed: closed']);
  });

  it('an unknown backend is refused, and nothing counts down', () => {
    const clock = new FakeClock();
    const drains = new Drains(balance({ backends: [] }), 'api', new Timeline(clock), clock);
    expect(thrownBy(() => drains.begin('a', 1, 'wait')).code).toBe('FAIRLEAD_OPTIONS');
    expect(drains.left('a')).toBeUndefined();
  });
});
