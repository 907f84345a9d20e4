import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FairleadError } from '../../lib/core/errors.js';
import { Leases } from '../../lib/core/lease.js';
import type { Outcome } from '../../lib/core/outcome.js';
import { Attempt } from '../../lib/forward/attempt.js';
import type { Terms } from '../../lib/forward/errand.js';
import type { AttemptGround } from '../../lib/forward/ground.js';
import type { Timeouts } from '../../lib/forward/timeouts.js';
import { Tunnel } from '../../lib/forward/upstream/tunnel.js';
import { type ExchangeSpec, fakeErrand, fakeExchange, fakeRequest, MemorySocket, one, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { fakeGround } from './fakes.js';

const TIMEOUTS: Timeouts = { connect: 10, headers: 100, idle: 1000, total: 0, tunnel: 5000, perTry: 0 };

interface HouseSpec extends ExchangeSpec {
  readonly timeouts?: Partial<Timeouts>;
  readonly pin?: readonly string[];
  readonly takes?: Terms['takes'];
  readonly closing?: () => FairleadError | undefined;
  readonly launch?: AttemptGround['launch'];
}

/** One attempt, with everything around it in sight. */
function house(spec: HouseSpec = {}) {
  const clock = new FakeClock(1000);
  const backend = one();
  const lease = new Leases(clock, () => {}).acquire(backend);
  const request = fakeRequest(spec);
  const exchange = fakeExchange(spec, request);
  const outcomes: Outcome[] = [];
  const timeouts = { ...TIMEOUTS, ...spec.timeouts };
  const flights: { fresh: boolean; resume: () => void; abort: () => void }[] = [];
  const ground = fakeGround(clock, {
    timeouts,
    closing: spec.closing,
    launch: (_attempt, fresh) => {
      const flight = { fresh, resume: vi.fn(), abort: vi.fn() };
      flights.push(flight);
      return flight;
    },
    ...(spec.launch && { launch: spec.launch }),
  });
  const deadline = timeouts.total > 0 ? clock.now() + timeouts.total : Number.POSITIVE_INFINITY;
  const terms = { pin: () => spec.pin ?? [], takes: spec.takes };
  const errand = fakeErrand(exchange, deadline);
  const attempt = ground.watched(new Attempt(errand, lease, terms, ground, (outcome) => outcomes.push(outcome)));
  const start = () => attempt.start();
  return { attempt, backend, clock, exchange, flights, lease, outcomes, start, wire: exchange.wire };
}

/** A started attempt that has its connection, or its head. */
function started(spec?: HouseSpec) {
  const made = house(spec);
  made.start();
  return made;
}
function connected(spec?: HouseSpec) {
  const made = started(spec);
  made.attempt.connected();
  return made;
}
function answering(spec?: HouseSpec, headers: readonly string[] = []) {
  const made = connected(spec);
  made.attempt.head(200, 'OK', headers);
  return made;
}

const body = (wire: MemorySocket): string => wire.written.slice(wire.written.indexOf('\r\n\r\n') + 4);

describe('an answer', () => {
  it('that is whole ends in answered, once the client has it', async () => {
    const { attempt, clock, outcomes, start, wire } = house();
    start();
    clock.advance(3);
    attempt.connected();
    clock.advance(40);
    attempt.head(201, 'Created', ['X-A', '1']);
    attempt.data(Buffer.from('hello'));
    clock.advance(7);
    attempt.end([]);
    expect(outcomes).toEqual([]);
    await settled();
    expect(outcomes).toEqual([
      { kind: 'answered', status: 201, responseTime: 43, duration: 50, bytesIn: 0, bytesOut: 5 },
    ]);
    expect(wire.written).toMatch(/^HTTP\/1\.1 201 Created\r\nX-A: 1\r\n/);
    expect(body(wire)).toBe('5\r\nhello\r\n0\r\n\r\n');
  });

  it('with a length leaves with its last byte', async () => {
    const { attempt, outcomes, wire } = answering({}, ['Content-Length', '10']);
    attempt.data(Buffer.from('hello'));
    attempt.data(Buffer.from('world'));
    await settled();
    expect(body(wire)).toBe('helloworld');
    expect(outcomes).toMatchObject([{ kind: 'answered' }]);
    attempt.end([]);
    await settled();
    expect(outcomes).toHaveLength(1);
  });

  it.each([
    ['HEAD', 200, ['Content-Length', '10']],
    ['GET', 204, []],
    ['GET', 304, ['Content-Length', '10']],
    ['GET', 200, ['Content-Length', '0']],
  ] as const)('to %s with status %i and %j has no body and is whole', async (method, status, headers) => {
    const { attempt, outcomes, wire } = connected({ method });
    attempt.head(status, '', headers);
    attempt.end([]);
    await settled();
    expect(body(wire)).toBe('');
    expect(outcomes).toMatchObject([{ kind: 'answered', status }]);
  });

  it('whose head comes alone does not wait for its body', async () => {
    const { wire } = answering();
    expect(wire.written).toBe('');
    await settled();
    expect(wire.written).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('passes its trailers on where it has announced them', async () => {
    const { attempt, wire } = answering({}, ['Trailer', 'Checksum']);
    attempt.data(Buffer.from('x'));
    attempt.end(['Checksum', 'abc']);
    await settled();
    expect(body(wire)).toBe('1\r\nx\r\n0\r\nChecksum: abc\r\n\r\n');
  });

  it('drops trailers nobody has announced', async () => {
    const { attempt, wire } = answering();
    attempt.end(['Checksum', 'abc']);
    await settled();
    expect(body(wire)).toBe('0\r\n\r\n');
  });

  it('pins the client at its head', async () => {
    const { attempt, wire } = answering({ pin: ['Set-Cookie', 'lb=x'] });
    attempt.end([]);
    await settled();
    expect(wire.written).toContain('\r\nSet-Cookie: lb=x\r\n');
  });

  it('that comes before the request is through frees the connection to the backend', async () => {
    const { attempt, flights, outcomes } = answering({
      method: 'POST',
      headers: ['Content-Length', '9'],
      extra: { complete: false },
    });
    attempt.end([]);
    await settled();
    expect(outcomes).toMatchObject([{ kind: 'answered' }]);
    expect(flights[0]?.abort).toHaveBeenCalled();
  });

  it('that is through leaves the connection to the backend alone', async () => {
    const { attempt, flights } = answering();
    attempt.end([]);
    await settled();
    expect(flights[0]?.abort).not.toHaveBeenCalled();
  });

  it('goes at the client’s pace', async () => {
    const { attempt, exchange, flights } = answering();
    const write = vi.spyOn(exchange.response, 'write').mockReturnValue(false);
    expect(attempt.data(Buffer.from('x'))).toBe(false);
    expect(flights[0]?.resume).not.toHaveBeenCalled();
    exchange.response.emit('drain');
    expect(flights[0]?.resume).toHaveBeenCalledOnce();
    write.mockReturnValue(true);
    expect(attempt.data(Buffer.from('x'))).toBe(true);
  });
});

describe('a failure', () => {
  it.each([
    ['before a connection stands', started, 'FAIRLEAD_CONNECT'],
    ['before the head', connected, 'FAIRLEAD_BACKEND_RESET'],
  ] as const)('%s leaves the response to others', async (_when, make, code) => {
    const { attempt, exchange, flights, outcomes, wire } = make();
    attempt.fail(new Error('broken'));
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: false, status: 0, responseTime: -1, error: { code } },
    ]);
    await settled();
    expect(exchange.response.headersSent || exchange.response.destroyed || wire.written !== '').toBe(false);
    expect(flights[0]?.abort).toHaveBeenCalled();
  });

  it('behind the head breaks the client’s connection', async () => {
    const { attempt, exchange, outcomes } = answering();
    attempt.data(Buffer.from('half'));
    attempt.fail(new Error('broken'));
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: true, status: 200, error: { code: 'FAIRLEAD_RESPONSE_BODY' } },
    ]);
    await settled();
    expect(exchange.response.destroyed).toBe(true);
    expect(exchange.response.writableEnded).toBe(false);
  });

  it('behind a whole answer, which the client has yet to take, is none', async () => {
    const { attempt, exchange, outcomes } = answering({}, ['Content-Length', '5']);
    const finish = vi.spyOn(exchange.response, 'end').mockReturnValue(exchange.response);
    attempt.data(Buffer.from('hello'));
    attempt.fail(new Error('no HTTP behind it'));
    expect(outcomes).toEqual([]);
    expect(exchange.response.destroyed).toBe(false);
    finish.mockRestore();
    exchange.response.end();
    await settled();
    expect(outcomes).toMatchObject([{ kind: 'answered' }]);
  });

  it('is a trailer that cannot be sent on', () => {
    const { attempt, exchange, outcomes } = answering({}, ['Trailer', 'X-A', 'Transfer-Encoding', 'chunked']);
    attempt.data(Buffer.from('hello'));
    attempt.end(['X-A', 'a\nb']);
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: true, error: { code: 'FAIRLEAD_BACKEND_PROTOCOL' } }]);
    expect(exchange.response.destroyed).toBe(true);
  });

  it('is an answer that is shorter than it says', () => {
    const { attempt, exchange, outcomes } = answering({}, ['Content-Length', '10']);
    attempt.data(Buffer.from('hello'));
    attempt.end([]);
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: true, error: { code: 'FAIRLEAD_RESPONSE_BODY' } }]);
    expect(exchange.response.writableEnded).toBe(false);
  });

  it.each([
    [99, []],
    [1000, []],
    [101, []],
    [200, ['X A', '1']],
    [200, ['X-A', 'a\nb']],
  ])('is a head that cannot be sent on: %i %j', (status, headers) => {
    const { attempt, exchange, outcomes } = connected();
    attempt.head(status, '', headers);
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: false, error: { code: 'FAIRLEAD_BACKEND_PROTOCOL', blame: 'backend' } },
    ]);
    expect(exchange.response.headersSent).toBe(false);
  });

  it('is nobody’s but ours when the app has answered already', () => {
    const { attempt, exchange, outcomes } = connected();
    exchange.response.writeHead(200).flushHeaders();
    attempt.head(200, 'OK', []);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_ENGINE', blame: 'proxy' } }]);
  });

  it('is what an engine throws', () => {
    const { outcomes } = started({
      launch: () => {
        throw new TypeError('odd');
      },
    });
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: false, error: { code: 'FAIRLEAD_ENGINE' } }]);
  });

  it('is what we throw ourselves, as it is', () => {
    const error = new FairleadError('FAIRLEAD_BODY_CONSUMED', 'read');
    const { outcomes } = started({
      launch: () => {
        throw error;
      },
    });
    expect(outcomes).toMatchObject([{ kind: 'failed', error }]);
  });

  it('that an engine tells of before it has returned still frees the flight', () => {
    const flight = { resume: vi.fn(), abort: vi.fn() };
    const { outcomes } = started({
      launch: (sink) => {
        sink.fail(new Error('at once'));
        return flight;
      },
    });
    expect(outcomes).toHaveLength(1);
    expect(flight.abort).toHaveBeenCalled();
  });
});

describe('a client that goes away', () => {
  it.each([
    ['before the connection', started],
    ['before the head', connected],
    ['during the body', answering],
  ])('%s is nobody’s failure', async (_when, make) => {
    const { attempt, flights, outcomes, wire } = make();
    wire.destroy();
    await settled();
    expect(outcomes).toMatchObject([{ kind: 'aborted' }]);
    expect(flights[0]?.abort).toHaveBeenCalled();
    attempt.fail(new Error('aborted'));
    attempt.data(Buffer.from('x'));
    attempt.end([]);
    expect(outcomes).toHaveLength(1);
  });

  it('had gone before it began is not asked for', () => {
    const { exchange, flights, outcomes, start } = house();
    exchange.response.destroy();
    start();
    expect(flights).toEqual([]);
    expect(outcomes).toMatchObject([{ kind: 'aborted' }]);
  });
});

describe('time', () => {
  it.each([
    ['connect', started, 10],
    ['headers', connected, 100],
    ['idle', answering, 1000],
  ] as const)('%s runs out', (kind, make, ms) => {
    const { clock, outcomes } = make();
    clock.advance(ms - 1);
    expect(outcomes).toEqual([]);
    clock.advance(1);
    const code = `FAIRLEAD_${kind.toUpperCase()}_TIMEOUT`;
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: kind === 'idle', duration: ms, error: { code, blame: 'backend', status: 504 } },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('in all runs out, whatever moves', () => {
    const { attempt, clock, outcomes } = answering({ timeouts: { total: 250 } });
    for (let i = 0; i < 4; i++) {
      clock.advance(60);
      attempt.data(Buffer.from('x'));
    }
    clock.advance(10);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_TOTAL_TIMEOUT' } }]);
  });

  it('begins anew with each part of the request sent, and of the answer received', () => {
    const { attempt, clock, outcomes } = connected();
    for (let i = 0; i < 5; i++) {
      clock.advance(99);
      attempt.sent(1);
    }
    attempt.head(200, '', []);
    for (let i = 0; i < 5; i++) {
      clock.advance(999);
      attempt.data(Buffer.from('x'));
    }
    expect(outcomes).toEqual([]);
  });

  it('that runs out while the client has stopped sending its body is the client’s', () => {
    const { clock, exchange, outcomes } = connected({
      method: 'POST',
      headers: ['Content-Length', '9'],
      extra: { complete: false },
    });
    exchange.request.resume();
    clock.advance(100);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_REQUEST_BODY', blame: 'client' } }]);
  });

  it('that runs out while the backend does not take the body is the backend’s', () => {
    const { clock, exchange, outcomes } = connected({
      method: 'POST',
      headers: ['Content-Length', '9'],
      extra: { complete: false },
    });
    exchange.request.pause();
    clock.advance(100);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_HEADERS_TIMEOUT' } }]);
  });

  it('that runs out while nothing more is to come from the client is the backend’s', () => {
    // Node says `complete` only once someone has read to the end, which nobody does where no body was announced.
    const { clock, exchange, outcomes } = connected({ extra: { complete: false } });
    exchange.request.resume();
    clock.advance(100);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_HEADERS_TIMEOUT' } }]);
  });

  it('that runs out while the client does not read is nobody’s failure', () => {
    const { attempt, clock, exchange, outcomes } = answering();
    vi.spyOn(exchange.response, 'write').mockReturnValue(false);
    attempt.data(Buffer.from('x'));
    clock.advance(1000);
    expect(outcomes).toMatchObject([{ kind: 'aborted' }]);
    expect(exchange.response.destroyed).toBe(true);
  });

  it('in all that runs out while the client does not read is not the backend’s either', () => {
    const { attempt, clock, exchange, outcomes } = answering({ timeouts: { total: 500 } });
    vi.spyOn(exchange.response, 'write').mockReturnValue(false);
    attempt.data(Buffer.from('x'));
    clock.advance(500);
    expect(outcomes).toHaveLength(1);
    const [outcome] = outcomes;
    expect(outcome?.kind === 'failed' ? outcome.error.blame : outcome?.kind).not.toBe('backend');
  });

  it('stops with the attempt', async () => {
    const { attempt, clock, outcomes } = answering({ timeouts: { total: 250 } });
    attempt.end([]);
    await settled();
    clock.advance(1e6);
    expect(outcomes).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('is watched no more once it has ended, whatever still passes', () => {
    const { attempt, clock } = connected();
    attempt.abandon();
    clock.advance(1e6);
    attempt.sent(1);
    attempt.received(1);
    expect(clock.pending).toBe(0);
  });
});

describe('a connection found closed', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])(
    'is no reason to fail %s: it goes out again, fresh',
    (method) => {
      const { attempt, flights, outcomes } = connected({ method });
      attempt.fail(new Error('reset'), true);
      expect(outcomes).toEqual([]);
      expect(flights.map(({ fresh }) => fresh)).toEqual([false, true]);
      attempt.connected();
      attempt.head(200, 'OK', []);
      expect(outcomes).toEqual([]);
    },
  );

  it.each(['POST', 'PATCH'])('fails %s, which the backend may have carried out', (method) => {
    const { attempt, flights, outcomes } = connected({ method });
    attempt.fail(new Error('reset'), true);
    expect(flights).toHaveLength(1);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_BACKEND_RESET' } }]);
  });

  it('is believed once', () => {
    const { attempt, flights, outcomes } = connected();
    attempt.fail(new Error('reset'), true);
    attempt.connected();
    attempt.fail(new Error('reset'), true);
    expect(flights).toHaveLength(2);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_BACKEND_RESET' } }]);
  });

  it('gives the second connection its own time', () => {
    const { attempt, clock, outcomes } = connected();
    clock.advance(99);
    attempt.fail(new Error('reset'), true);
    clock.advance(9);
    expect(outcomes).toEqual([]);
    clock.advance(1);
    expect(outcomes).toMatchObject([{ kind: 'failed', error: { code: 'FAIRLEAD_CONNECT_TIMEOUT' } }]);
  });

  it('does not bring back a client that has gone', async () => {
    const { attempt, flights, outcomes, wire } = connected();
    wire.destroy();
    await settled();
    attempt.fail(new Error('reset'), true);
    expect(flights).toHaveLength(1);
    expect(outcomes).toMatchObject([{ kind: 'aborted' }]);
  });
});

describe('interim answers', () => {
  it('do not begin the answer', () => {
    const { attempt, exchange, outcomes } = connected();
    attempt.informational(103, ['Link', '</a.css>']);
    expect(exchange.response.headersSent).toBe(false);
    expect(outcomes).toEqual([]);
  });

  it('are an attack when there is no end of them', () => {
    const { attempt, outcomes } = connected();
    for (let i = 0; i < 32; i++) attempt.informational(103, []);
    expect(outcomes).toEqual([]);
    attempt.informational(103, []);
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: false, error: { code: 'FAIRLEAD_BACKEND_PROTOCOL' } },
    ]);
  });
});

describe('a tunnel', () => {
  function switched() {
    const socket = new MemorySocket();
    const made = started({ upgrade: { socket, release: () => Buffer.alloc(0) }, pin: ['Set-Cookie', 'lb=x'] });
    const stays = new Tunnel(
      { socket, head: Buffer.alloc(0) },
      { socket: new MemorySocket(), head: Buffer.alloc(0) },
      false,
      made.attempt,
      () => {},
    );
    const tunnel = vi.fn((_pin: readonly string[], _done: () => void) => stays);
    made.attempt.switched([], tunnel);
    return { ...made, socket, tunnel };
  }

  it('is told the pin, counts as an upgrade, and is answered when it ends', () => {
    const { attempt, clock, backend, outcomes, tunnel } = switched();
    expect(attempt.lease.isUpgraded).toBe(true);
    expect(backend.upgrades).toBe(1);
    const [pin, done] = tunnel.mock.calls[0] ?? [];
    expect(pin).toEqual(['Set-Cookie', 'lb=x']);
    clock.advance(77);
    done?.();
    done?.();
    expect(outcomes).toEqual([
      { kind: 'answered', status: 101, responseTime: 0, duration: 77, bytesIn: 0, bytesOut: 0 },
    ]);
  });

  it('is closed when nothing moves in it', () => {
    const { attempt, clock, outcomes, socket } = switched();
    clock.advance(4999);
    attempt.sent(1);
    clock.advance(4999);
    expect(outcomes).toEqual([]);
    clock.advance(1);
    expect(outcomes).toMatchObject([{ kind: 'answered', status: 101 }]);
    expect(socket.destroyed).toBe(true);
  });

  it('is nobody’s failure when it is cut', () => {
    const { attempt, outcomes, socket } = switched();
    attempt.cut(new FairleadError('FAIRLEAD_CLOSING', 'closing'));
    expect(outcomes).toMatchObject([{ kind: 'answered', status: 101 }]);
    expect(socket.destroyed).toBe(true);
  });

  it('is not opened any more once the balancer closes', () => {
    const closing = new FairleadError('FAIRLEAD_CLOSING', 'closing');
    const { attempt, backend, flights, outcomes } = started({ closing: () => closing });
    const tunnel = vi.fn();
    attempt.switched([], tunnel);
    expect(tunnel).not.toHaveBeenCalled();
    expect(backend.upgrades).toBe(0);
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: false, error: closing }]);
    expect(flights[0]?.abort).toHaveBeenCalled();
  });

  it('is not opened for a client that has gone', async () => {
    const { attempt, backend, wire } = started();
    wire.destroy();
    await settled();
    const tunnel = vi.fn();
    attempt.switched([], tunnel);
    expect(tunnel).not.toHaveBeenCalled();
    expect(backend.upgrades).toBe(0);
  });
});

describe('a cut', () => {
  const closing = new FairleadError('FAIRLEAD_CLOSING', 'closing');

  it('before the head leaves the answer to others', () => {
    const { attempt, flights, outcomes } = connected();
    attempt.cut(closing);
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: false, error: closing }]);
    expect(flights[0]?.abort).toHaveBeenCalled();
  });

  it('behind it breaks the connection', () => {
    const { attempt, exchange, outcomes } = answering();
    attempt.cut(closing);
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: true, error: closing }]);
    expect(exchange.response.destroyed).toBe(true);
  });
});

describe('whatever happens, in whatever order', () => {
  type Made = ReturnType<typeof house>;
  const STEPS: Record<string, (made: Made) => unknown> = {
    connected: ({ attempt }) => attempt.connected(),
    sent: ({ attempt }) => attempt.sent(1),
    interim: ({ attempt }) => attempt.informational(103, []),
    head: ({ attempt }) => attempt.head(200, 'OK', []),
    headWithLength: ({ attempt }) => attempt.head(200, 'OK', ['Content-Length', '3']),
    brokenHead: ({ attempt }) => attempt.head(7, '', []),
    data: ({ attempt, exchange }) => exchange.response.headersSent && attempt.data(Buffer.from('x')),
    end: ({ attempt, exchange }) => exchange.response.headersSent && attempt.end([]),
    fail: ({ attempt }) => attempt.fail(new Error('broken')),
    stale: ({ attempt }) => attempt.fail(new Error('closed'), true),
    cut: ({ attempt }) => attempt.cut(new FairleadError('FAIRLEAD_CLOSING', 'closing')),
    leave: ({ wire }) => wire.destroy(),
    wait: ({ clock }) => clock.advance(60),
    turn: () => settled(),
  };

  it('it ends in exactly one outcome, and no timer is left', async () => {
    const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST'), steps, async (method, names) => {
        const made = started({ method, timeouts: { total: 10_000 } });
        for (const name of names) await STEPS[name]?.(made);
        made.clock.advance(20_000);
        await settled();
        expect(made.outcomes).toHaveLength(1);
        expect(made.clock.pending).toBe(0);
      }),
    );
  });
});
