import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import express from 'express';
import {
  type EngineSpec,
  type EventName,
  type Events,
  type LoadBalancer,
  type LoadBalancerOptions,
  loadBalancer,
} from 'fairlead';
import { onTestFinished } from 'vitest';
import { type Listening, listen } from './listen.js';

/** The same Express, one major version back; it has no types of its own. */
export const express4: typeof express = createRequire(import.meta.url)('express4');

/** A balancer that is closed when the test ends. */
export function balance(options: LoadBalancerOptions): LoadBalancer {
  const lb = loadBalancer(options);
  onTestFinished(async () => {
    await lb.close({ timeout: 0 });
  });
  return lb;
}

/** The balancer behind a bare `http.createServer`, upgrades included. */
export function serveBare(lb: LoadBalancer): Promise<Listening> {
  const server = createServer((request, response) => lb(request, response));
  server.on('upgrade', lb.upgrade);
  server.keepAliveTimeout = 0;
  return listen(server);
}

/** A balancer over these backends behind a bare server: what most tests need. */
export async function front(options: LoadBalancerOptions): Promise<Listening & { readonly lb: LoadBalancer }> {
  const lb = balance(options);
  return { ...(await serveBare(lb)), lb };
}

/** The same two with an engine, where the test itself asks for none: for suites that run over every engine. */
export function through(engine: EngineSpec): { readonly balance: typeof balance; readonly front: typeof front } {
  return { balance: (options) => balance({ engine, ...options }), front: (options) => front({ engine, ...options }) };
}

/** Serves an app: Express, or anything else that is a request listener. */
export function serveApp(app: RequestListener, lb?: LoadBalancer): Promise<Listening> {
  const server = createServer(app);
  if (lb !== undefined) server.on('upgrade', lb.upgrade);
  server.keepAliveTimeout = 0;
  return listen(server);
}

type Handle = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** A mount as Connect makes it: the prefix is cut off `url`, the whole stays in `originalUrl`, and that is all. */
export function connectStyle(mount: string, handle: Handle): RequestListener {
  const prefix = mount === '/' ? '' : mount;
  return (request, response) => {
    const original = request.url ?? '/';
    const done = (error?: unknown): void => {
      response.statusCode = error === undefined ? 404 : 500;
      response.end(error === undefined ? 'nobody' : 'error');
    };
    if (original !== prefix && !original.startsWith(`${prefix}/`) && !original.startsWith(`${prefix}?`)) return done();
    const rest = original.slice(prefix.length);
    Object.assign(request, { originalUrl: original });
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    return handle(request, response, done);
  };
}

/** How the balancer is put behind a server, by name. */
export const mounts: Readonly<Record<string, (prefix: string, lb: LoadBalancer) => RequestListener>> = {
  'Express 5': (prefix, lb) => express().use(prefix, lb),
  'Express 4': (prefix, lb) => express4().use(prefix, lb),
  'Connect style': (prefix, lb) => connectStyle(prefix, lb),
};

/** The next event of this name. */
export function nextEvent<Name extends EventName>(lb: LoadBalancer, name: Name): Promise<Events[Name]> {
  return new Promise((resolve, reject) => {
    // Before the test's own time is up, which would not say what did not come.
    const late = setTimeout(() => reject(new Error(`no event '${name}'`)), 45_000);
    lb.once(name, (event) => {
      clearTimeout(late);
      resolve(event);
    });
    onTestFinished(() => clearTimeout(late));
  });
}

/** Resolves once this many requests have ended. */
export function ended(lb: LoadBalancer, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const listener = (): void => {
      left--;
      if (left > 0) return;
      lb.off('request', listener);
      resolve();
    };
    lb.on('request', listener);
  });
}
