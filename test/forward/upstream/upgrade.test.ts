import { Agent } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamRequest } from '../../../lib/core/engine.js';
import { Leases } from '../../../lib/core/lease.js';
import type { Outcome } from '../../../lib/core/outcome.js';
import { Attempt } from '../../../lib/forward/attempt.js';
import { dialUpgrade } from '../../../lib/forward/upstream/upgrade.js';
import { fakeErrand, fakeExchange, MemorySocket, one, settled } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';
import { fakeGround } from '../fakes.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A handshake that has been sent; both ends are made of memory. */
async function dialled(early = '', pin = (): readonly string[] => ['Set-Cookie', 'lb=x']) {
  const upstream = new MemorySocket();
  vi.spyOn(Agent.prototype as unknown as { createConnection(): MemorySocket }, 'createConnection').mockReturnValue(
    upstream,
  );
  const clock = new FakeClock();
  const backend = one();
  const request = fakeExchange({ headers: ['Upgrade', 'websocket'] });
  const client = request.wire;
  const upgrade = { socket: client, release: () => Buffer.from(early) };
  const exchange = { ...request, upgrade };
  const outcomes: Outcome[] = [];
  const headers = ['Host', 'a', 'x-B', '1', 'X-b', '2', 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
  const asked: UpstreamRequest = { backend, method: 'GET', path: '/a//b', headers, fresh: false, body: undefined };
  const ground = fakeGround(clock, {
    timeouts: { connect: 10, headers: 100, idle: 1000, total: 0, tunnel: 0, perTry: 0 },
    launch: (sink) => dialUpgrade(asked, upgrade, {}, sink),
  });
  const lease = new Leases(clock, () => {}).acquire(backend);
  const attempt = new Attempt(fakeErrand(exchange), lease, { pin }, ground, (outcome) => outcomes.push(outcome));
  attempt.start();
  await settled();
  upstream.emit('connect');
  await settled();
  return { attempt, backend, client, exchange, outcomes, upstream };
}

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade, X-Secret\r\nUpgrade: websocket\r\nX-Secret: 1\r\n' +
  'Sec-WebSocket-Accept: k\r\nKeep-Alive: timeout=5\r\n\r\n';

/** A tunnel that stands. */
async function switched(early?: string) {
  const made = await dialled(early);
  made.upstream.push(SWITCHING);
  await settled();
  return made;
}

const behindHead = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

describe('the handshake', () => {
  it('goes out as it is', async () => {
    const { upstream } = await dialled();
    expect(upstream.written).toBe(
      'GET /a//b HTTP/1.1\r\nHost: a\r\nx-B: 1\r\nX-b: 2\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
  });

  it('comes back with the pin, without what belonged to the other hop', async () => {
    const { client } = await switched();
    expect(client.written).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: k\r\n' +
        'Set-Cookie: lb=x\r\n\r\n',
    );
  });

  it('that is refused is an ordinary answer', async () => {
    const { client, outcomes, upstream } = await dialled();
    upstream.push('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    await settled();
    expect(client.written).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(behindHead(client.written)).toBe('no');
    expect(outcomes).toMatchObject([{ kind: 'answered', status: 403 }]);
  });

  it('that breaks off leaves the answer to others', async () => {
    const { client, outcomes, upstream } = await dialled();
    upstream.destroy(new Error('reset'));
    await settled();
    expect(client.written).toBe('');
    expect(outcomes).toMatchObject([{ kind: 'failed', committed: false, error: { code: 'FAIRLEAD_BACKEND_RESET' } }]);
  });

  it('whose pin cannot be written fails, and does not end the process', async () => {
    const { client, outcomes, upstream } = await dialled('', () => {
      throw new TypeError('no such cookie');
    });
    upstream.push(SWITCHING);
    await settled();
    expect(client.written).toBe('');
    expect(outcomes).toMatchObject([
      { kind: 'failed', committed: false, error: { code: 'FAIRLEAD_BACKEND_PROTOCOL' } },
    ]);
    expect(upstream.destroyed).toBe(true);
  });

  it('of a client that has left frees the connection to the backend', async () => {
    const { client, outcomes, upstream } = await dialled();
    client.destroy();
    await settled();
    expect(outcomes).toMatchObject([{ kind: 'aborted' }]);
    expect(upstream.destroyed).toBe(true);
  });
});

describe('the tunnel', () => {
  it('carries bytes both ways', async () => {
    const { backend, client, upstream } = await switched();
    const asked = upstream.written;
    expect(backend).toMatchObject({ active: 1, upgrades: 1 });
    client.push('ping');
    upstream.push('pong');
    await settled();
    expect(upstream.written.slice(asked.length)).toBe('ping');
    expect(behindHead(client.written)).toBe('pong');
  });

  it('begins with what both have sent early', async () => {
    const made = await dialled('early');
    made.upstream.push(`${SWITCHING}soon`);
    await settled();
    expect(made.upstream.written).toMatch(/\r\n\r\nearly$/);
    expect(behindHead(made.client.written)).toBe('soon');
  });

  it.each(['client', 'upstream'] as const)(
    'is closed at both ends when the %s ends, its last words delivered',
    async (who) => {
      const made = await switched();
      const { outcomes } = made;
      const [leaving, staying] = who === 'client' ? [made.client, made.upstream] : [made.upstream, made.client];
      leaving.push('bye');
      leaving.push(null);
      await settled();
      expect(staying.written).toMatch(/bye$/);
      expect([leaving.writableEnded, staying.writableEnded]).toEqual([true, true]);
      leaving.destroy();
      staying.destroy();
      await settled();
      expect(outcomes).toMatchObject([{ kind: 'answered', status: 101 }]);
    },
  );

  it.each(['client', 'upstream'] as const)('does not throw when the %s breaks', async (who) => {
    const made = await switched();
    made.client.on('error', () => {});
    made[who].destroy(new Error('reset'));
    await settled();
    made[who === 'client' ? 'upstream' : 'client'].destroy();
    await settled();
    expect(made.outcomes).toMatchObject([{ kind: 'answered', status: 101 }]);
  });
});
