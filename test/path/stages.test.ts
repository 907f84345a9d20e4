import { describe, expect, it, vi } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import type { LoadBalancerOptions } from '../../lib/options.js';
import { parseOptions } from '../../lib/options.js';
import { stagesOf } from '../../lib/path/stages.js';
import { fakeExchange, fakeRequest, one, settled } from '../core/fakes.js';

function stages(options: Partial<LoadBalancerOptions> = {}) {
  const config = parseOptions({ backends: ['http://10.0.0.1:3000'], ...options });
  const shared = { affinity: undefined, leases: {}, limits: {}, reporter: { threw: vi.fn() }, hears: undefined };
  return stagesOf(config, { pool: new Pool([one()]), ...shared } as unknown as Parameters<typeof stagesOf>[1]);
}

describe('the stages of one balancer', () => {
  it('are, by default, those that every request walks', () => {
    const { tracer, coalescer, mirror, waits, onLost } = stages();
    expect({ tracer, coalescer, mirror, waits, onLost }).toEqual({
      tracer: undefined,
      coalescer: undefined,
      mirror: undefined,
      waits: false,
      onLost: 'redistribute',
    });
  });

  it('pick for a retry with a strategy of its own, so that the turns of the main one stay as they are', () => {
    const { strategy, spare } = stages({ strategy: 'round-robin' });
    expect(spare).not.toBe(strategy);
  });

  it('pick with one and the same where it is the user’s own', () => {
    const own = { pick: () => one() };
    const { strategy, spare } = stages({ strategy: own });
    expect(spare).toBe(strategy);
  });

  it('have what was asked for', () => {
    const { coalescer, mirror } = stages({ coalesce: true, mirror: { to: ['http://10.0.0.9:3000'] } });
    expect(coalescer).toBeDefined();
    expect(mirror).toBeDefined();
  });

  it.each([
    ['POST', {}, false],
    ['PUT', { retry: false }, true],
    ['POST', { retry: { methods: ['POST'] } }, true],
  ] as const)('keep the body of a %s with %j: %s', async (method, options, kept) => {
    const request = fakeRequest({ method, headers: ['Content-Length', '5'] });
    const errand = stages(options).forwarder.errand(fakeExchange({}, request));
    const { body } = errand;
    if (body.kind !== 'stream') throw new Error('a body that streams');
    body.stream.read({ data: () => true, end: () => {} });
    request.push('hello');
    await settled();
    expect(errand.repeatable).toBe(kept);
  });
});
