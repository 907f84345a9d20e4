import { describe, expect, it, vi } from 'vitest';
import type { Engine, UpstreamRequest } from '../../lib/core/engine.js';
import type { Forwarder } from '../../lib/forward/forwarder.js';
import { type LoadBalancerOptions, parseOptions } from '../../lib/options.js';
import { mirrored, mirrorOf } from '../../lib/path/mirroring.js';
import type { Trail } from '../../lib/resilience/trail.js';
import type { Mirror } from '../../lib/shaping/mirroring/mirror.js';
import { type ExchangeSpec, fakeErrand, fakeExchange, settled } from '../core/fakes.js';

const backends = ['http://10.0.0.1'];

function ownEngine() {
  const sent: UpstreamRequest[] = [];
  const close = vi.fn();
  const send: Engine['send'] = (request) => {
    sent.push(request);
    return { resume: () => {}, abort: () => {} };
  };
  return { sent, engine: { send, close } };
}

/** A mirror as the options want it, over an engine of the user's own. */
function house(mirror: Partial<NonNullable<LoadBalancerOptions['mirror']>> = {}) {
  const { sent, engine } = ownEngine();
  const config = parseOptions({ backends, engine, name: 'shop', mirror: { to: 'http://10.0.0.9', ...mirror } });
  const made = mirrorOf(config, engine) as Mirror;
  const copy = vi.fn((_errand, backend, body): UpstreamRequest => {
    return { backend, method: 'GET', path: '/', headers: [], fresh: false, body };
  });
  const attempt = (spec: ExchangeSpec = {}, attempts = 1) => {
    const errand = fakeErrand(fakeExchange(spec));
    mirrored(made, { copy } as unknown as Forwarder, errand, { made: attempts } as Trail);
    return errand;
  };
  return { mirror: made, engine, sent, copy, attempt };
}

describe('a mirror', () => {
  it('is there where it is asked for', () => {
    const { engine } = ownEngine();
    expect(mirrorOf(parseOptions({ backends, engine }), engine)).toBeUndefined();
  });

  it('leaves an engine of the user’s own open: the requests themselves need it', async () => {
    const { mirror, engine } = house();
    await mirror.close();
    expect(engine.close).not.toHaveBeenCalled();
  });

  it('has an engine of its own where the user gave a name', async () => {
    const config = parseOptions({ backends, engine: 'http-proxy', mirror: { to: 'http://10.0.0.9' } });
    const engines: { close: ReturnType<typeof vi.spyOn> }[] = [];
    const engine = vi.fn((...options: Parameters<typeof config.engine>) => {
      const made = config.engine(...options);
      engines.push({ close: vi.spyOn(made, 'close') });
      return made;
    });
    const main = engine(config.tls);
    await mirrorOf({ ...config, engine }, main)?.close();
    expect(engines.map(({ close }) => close.mock.calls.length)).toEqual([0, 1]);
    await main.close();
  });
});

describe('a request', () => {
  it('is copied with its first attempt, and no other', () => {
    const { attempt, sent, copy } = house();
    const errand = attempt();
    attempt({}, 2);
    expect(sent).toMatchObject([{ backend: { url: { host: '10.0.0.9' } }, headers: ['X-Fairlead-Mirrored', 'shop'] }]);
    expect(copy.mock.calls).toEqual([[errand, sent[0]?.backend, Buffer.alloc(0)]]);
  });

  it('of another method is left alone', () => {
    const { attempt, sent, mirror } = house({ methods: ['POST'] });
    attempt();
    expect([sent, mirror.counts]).toEqual([[], { sent: 0, failed: 0, skipped: 0 }]);
  });

  it('is copied once its body is through', async () => {
    const { attempt, sent } = house();
    const errand = attempt({ method: 'PUT', headers: ['Transfer-Encoding', 'chunked'], extra: { complete: false } });
    if (errand.body.kind === 'stream') errand.body.stream.read({ data: () => true, end: () => {} });
    errand.exchange.request.push('abc');
    await settled();
    expect(sent).toEqual([]);
    errand.exchange.request.push(null);
    await settled();
    expect(sent[0]?.body).toEqual(Buffer.from('abc'));
  });

  it('that says it is too long is not begun to be collected', () => {
    const { attempt, mirror } = house({ maxBytes: 9 });
    const errand = attempt({ method: 'PUT', headers: ['Content-Length', '10'], extra: { complete: false } });
    expect(mirror.counts.skipped).toBe(1);
    errand.end();
    expect(mirror.counts.skipped).toBe(1);
  });
});
