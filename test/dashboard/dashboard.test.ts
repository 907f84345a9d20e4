import { describe, expect, it, vi } from 'vitest';
import { dashboard } from '../../lib/dashboard/dashboard.js';
import { fakeRequest, fakeResponse, settled, thrownBy } from '../core/fakes.js';
import { balance } from '../support/balance.js';
import { FakeClock } from '../support/clock.js';

describe('dashboard', () => {
  it('leaves to the app what is none of its own, and says 404 where there is no app', async () => {
    const handler = dashboard(balance({ backends: [] }));
    const request = fakeRequest({ url: '/nothing' });
    const { response } = fakeResponse(request);
    const next = vi.fn();
    handler(request, response, next);
    expect(next).toHaveBeenCalledWith();
    expect(response.headersSent).toBe(false);
    handler(request, response);
    await settled();
    expect(response.statusCode).toBe(404);
  });

  it('costs nothing while nobody looks: no timer, and no record made of requests', () => {
    const clock = new FakeClock();
    const lb = balance({ backends: [] });
    const heard = vi.spyOn(lb, 'on');
    const stats = vi.spyOn(lb, 'stats');
    dashboard(lb, {}, clock);
    clock.advance(3_600_000);
    expect(clock.pending).toBe(0);
    // Its name, once.
    expect(stats).toHaveBeenCalledTimes(1);
    expect(heard.mock.calls.map(([event]) => event)).not.toContain('request');
    expect(heard.mock.calls.map(([event]) => event)).not.toContain('check');
  });

  it('hands a failure of its own to the app', async () => {
    const lb = balance({ backends: [] });
    const handler = dashboard(lb);
    const broken = new Error('stats() threw');
    vi.spyOn(lb, 'stats').mockImplementation(() => {
      throw broken;
    });
    const request = fakeRequest({ url: '/data.json' });
    const next = vi.fn();
    handler(request, fakeResponse(request).response, next);
    await settled();
    expect(next).toHaveBeenCalledWith(broken);
    const { response } = fakeResponse(request);
    handler(request, response);
    await settled();
    expect(response.statusCode).toBe(500);
  });

  it('refuses what is no balancer', () => {
    expect(thrownBy(() => dashboard([])).code).toBe('FAIRLEAD_OPTIONS');
  });
});
