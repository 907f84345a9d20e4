import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backendRecord } from '../../lib/core/backend.js';
import type { CheckPlace, CheckResult } from '../../lib/core/check.js';
import { systemClock } from '../../lib/core/clock.js';
import type { TlsOptions } from '../../lib/core/engine.js';
import { probes } from '../../lib/health/probes/index.js';
import { Rota } from '../../lib/health/rota.js';
import { healthSchema } from '../../lib/health/spec.js';
import { Watched } from '../../lib/health/watched.js';
import { certificate } from '../support/fronts.js';
import { httpServer, httpsServer, illServers, refusing } from '../support/ill-servers.js';

interface Asked {
  readonly url: string;
  readonly health?: CheckPlace;
  readonly tls?: TlsOptions;
  readonly options?: object;
  readonly timeout?: number;
}

/** One check as a balancer makes it, under its timeout. */
function checked(type: string, { url, health, tls = {}, options = {}, timeout = 300 }: Asked): Promise<CheckResult> {
  const config = healthSchema.parse({ type, ...options, timeout, interval: 60_000 });
  if (config === false) throw new Error('no checks');
  return new Promise((resolve) => {
    const backend = backendRecord({ url, health });
    const { timing } = config;
    const check = config.checkOf(backend, tls);
    const watched = new Watched(
      { clock: systemClock, random: () => 0.5, timing, rota: new Rota(systemClock), check },
      ({ result }) => {
        watched.stop();
        resolve(result);
      },
    );
    watched.begin();
  });
}

const well = () => httpServer((_request, response) => response.end('{"status":"ok"}'));
const names = Object.keys(probes);
const byHttp = names.filter((name) => name !== 'tcp');

describe.each(names)('probe %s', (type) => {
  test('passes a backend that is well, and leaves no connection behind', async () => {
    const server = await well();
    expect(await checked(type, { url: server.url })).toMatchObject({ ok: true });
    await server.atMost(0);
    expect(server.accepted()).toBe(1);
  });

  test('fails one that refuses connections, and says so', async () => {
    expect(await checked(type, { url: await refusing() })).toEqual({
      ok: false,
      error: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('speaks TLS as traffic does', async () => {
    const server = await httpsServer((_request, response) => response.end('{}'));
    const url = server.url.replace('http:', 'https:');
    const trusted = { ca: certificate.cert };
    expect(await checked(type, { url, tls: trusted })).toMatchObject({ ok: true });
    expect(await checked(type, { url, tls: { rejectUnauthorized: false } })).toMatchObject({ ok: true });
    expect(await checked(type, { url })).toEqual({
      ok: false,
      error: expect.stringMatching(/self.signed certificate/),
    });
    const stranger = await checked(type, { url, tls: { ...trusted, servername: 'other.example' } });
    expect(stranger).toEqual({ ok: false, error: expect.stringMatching(/altnames/) });
    await server.atMost(0);
  });

  test('fails TLS that is spoken to a server without it', async () => {
    const server = await well();
    expect(await checked(type, { url: server.url.replace('http:', 'https:') })).toMatchObject({ ok: false });
    await server.atMost(0);
  });

  test('reaches a Unix socket', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-'));
    const path = join(folder, 'b.sock');
    const server = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(async () => {
      server.close();
      await rm(folder, { recursive: true });
    });
    expect(await checked(type, { url: `unix:${path}` })).toMatchObject({ ok: true });
    expect(await checked(type, { url: `unix:${path}x` })).toMatchObject({ ok: false });
  });

  test('goes to a port or an address of its own', async () => {
    const server = await well();
    const url = await refusing();
    expect(await checked(type, { url, health: { port: server.port } })).toMatchObject({ ok: true });
    expect(await checked(type, { url, health: { url: `${server.url}/deep/health` } })).toMatchObject({ ok: true });
  });

  test('gives up when it is told to, before and after it connected', async () => {
    const server = await illServers['hangs before it answers']?.();
    const config = healthSchema.parse({ type });
    if (config === false || server === undefined) throw new Error('nothing to check');
    const check = config.checkOf(backendRecord({ url: server.url }), {});
    await expect(check(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    await server.atMost(0);
  });
});

describe.each(byHttp)('probe %s', (type) => {
  test.each(Object.keys(illServers))('fails one that %s, in time, and holds no connection', async (name) => {
    const server = await illServers[name]?.();
    if (server === undefined) throw new Error(name);
    // With a body to be read, so that those that hang in the middle of it are noticed.
    const options = type === 'http' ? { expect: { body: 'well' } } : {};
    const result = await checked(type, { url: server.url, options });
    expect(result).toMatchObject({ ok: false, error: expect.stringMatching(/./) });
    await server.atMost(0);
  });

  test('asks for its path, or that of the backend', async () => {
    const paths: string[] = [];
    const server = await httpServer((request, response) => {
      paths.push(request.url ?? '');
      response.end('{}');
    });
    await checked(type, { url: server.url });
    await checked(type, { url: server.url, options: { path: '/a?b=1' } });
    await checked(type, { url: server.url, options: { path: '/a' }, health: { path: '/own' } });
    await checked(type, { url: server.url, health: { url: `${server.url}/its?q` } });
    expect(paths).toEqual(['/health', '/a?b=1', '/own', '/its?q']);
  });

  test('does not wait for a body without end', async () => {
    const server = await httpServer((_request, response) => {
      const more = (): void => void (response.writable && response.write('x'.repeat(65_536), () => setImmediate(more)));
      more();
    });
    const result = await checked(type, { url: server.url, options: { maxBytes: 1_000 }, timeout: 5_000 });
    expect(result.ok).toBe(type === 'http');
    await server.atMost(0);
  });
});
