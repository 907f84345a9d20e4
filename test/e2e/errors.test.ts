import express, { type NextFunction, type Request, type Response } from 'express';
import { FairleadError, type LoadBalancerOptions } from 'fairlead';
import request from 'supertest';
import { describe, expect, test, vi } from 'vitest';
import { express4, nextEvent, serveApp, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { deadPort } from '../support/listen.js';
import { origin } from '../support/origin.js';
import { answering, rawOrigin } from '../support/peer.js';

/** What may not reach a client: addresses, ports, ids of backends, causes, stacks, paths. */
const INTERNAL = /127\.0\.0\.1|ECONN|secret-id|\bat \w+ \(|\.[jt]s:|node_modules|socket hang up/;

const failures: Readonly<
  Record<string, () => Promise<{ options: LoadBalancerOptions; status: number; code: string }>>
> = {
  'refused connection': async () => ({
    options: { backends: [{ id: 'secret-id', url: `http://127.0.0.1:${await deadPort()}` }] },
    status: 502,
    code: 'FAIRLEAD_CONNECT',
  }),
  reset: async () => {
    const backend = await rawOrigin(async (peer) => {
      await peer.until('\r\n\r\n');
      peer.socket.resetAndDestroy();
    });
    return {
      options: { backends: [{ id: 'secret-id', url: backend.url }] },
      status: 502,
      code: 'FAIRLEAD_BACKEND_RESET',
    };
  },
  'invalid answer': async () => {
    const backend = await answering('HTTP/1.1 what\r\n\r\n', 'end');
    return {
      options: { backends: [{ id: 'secret-id', url: backend.url }] },
      status: 502,
      code: 'FAIRLEAD_BACKEND_PROTOCOL',
    };
  },
  'nobody there': async () => ({ options: { backends: [] }, status: 503, code: 'FAIRLEAD_NO_BACKEND' }),
  timeout: async () => {
    const backend = await rawOrigin();
    return {
      options: { backends: [{ id: 'secret-id', url: backend.url }], timeouts: { headers: 50 } },
      status: 504,
      code: 'FAIRLEAD_HEADERS_TIMEOUT',
    };
  },
  'a strategy that throws': async () => {
    const backend = await origin();
    const pick = (): never => {
      throw new Error('secret-id');
    };
    return { options: { backends: [backend.url], strategy: { pick } }, status: 500, code: 'FAIRLEAD_ENGINE' };
  },
  'a strategy that picks nobody of ours': async () => {
    const backend = await origin();
    const pick = (): never => ({ id: 'secret-id' }) as never;
    return { options: { backends: [backend.url], strategy: { pick } }, status: 500, code: 'FAIRLEAD_ENGINE' };
  },
};

describe.each(engineNames)('engine %s', (engine) => {
  const { balance, front } = through(engine);

  describe.each(Object.entries(failures))('%s', (_name, make) => {
    test('is a short text with the right status and nothing internal', async () => {
      const { options, status, code } = await make();
      const { port, lb } = await front(options);
      const over = nextEvent(lb, 'request');
      const answer = await ask(port);
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
      });
      expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
      expect(answer.text).toMatch(new RegExp(`^${status} [A-Z][A-Za-z ]+\\n.+\\.\\n$`));
      expect(answer.text + JSON.stringify(answer.rawHeaders)).not.toMatch(INTERNAL);
      expect(await over).toMatchObject({ status, code, outcome: 'failed' });
      expect(lb.stats().requests).toMatchObject({ active: 0, failed: 1 });
    });

    test('is problem+json for those who ask for JSON', async () => {
      const { options, status, code } = await make();
      const { port } = await front(options);
      const answer = await ask(port, { headers: { accept: 'application/json' } });
      expect(answer.headers['content-type']).toBe('application/problem+json');
      const problem = JSON.parse(answer.text);
      expect(problem).toEqual({ type: 'about:blank', title: answer.reason, status, detail: expect.any(String), code });
      expect(answer.text).not.toMatch(INTERNAL);
    });

    test('has no body in answer to HEAD', async () => {
      const { options, status } = await make();
      const { port } = await front(options);
      const answer = await ask(port, { method: 'HEAD' });
      expect(answer.status).toBe(status);
      expect(answer.body).toHaveLength(0);
    });

    test('leaves the connection good for the next request', async () => {
      const { options, status } = await make();
      const { url } = await front(options);
      const agent = request.agent(url);
      await agent.post('/').send('x=1').expect(status);
      await agent.get('/').expect(status);
    });
  });

  describe.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('onError under %s', (_name, create) => {
    test("'next' hands the error to the app", async () => {
      const app = create().use('/api', balance({ backends: [], onError: 'next' }));
      app.use((error: FairleadError, _req: Request, res: Response, _next: NextFunction) => {
        expect(error).toBeInstanceOf(FairleadError);
        res.status(error.status).json({ mine: error.code });
      });
      const { url } = await serveApp(app);
      await request(url).get('/api').expect(503, { mine: 'FAIRLEAD_NO_BACKEND' });
    });

    test("'next' without an error handler: the app's own answer, with our status", async () => {
      const app = create()
        .set('env', 'test')
        .use(balance({ backends: [], onError: 'next' }));
      const { url } = await serveApp(app);
      const errors = vi.spyOn(console, 'error').mockReturnValue();
      await request(url).get('/').expect(503);
      errors.mockRestore();
    });

    test('a function answers itself, or passes on', async () => {
      const onError: LoadBalancerOptions['onError'] = (error, req, res, next) => {
        if (req.url === '/pass') next();
        else res.writeHead(418).end(error.code);
      };
      const app = create().use(balance({ backends: [], onError }), (_req, res) => {
        res.send('behind');
      });
      const { url } = await serveApp(app);
      await request(url).get('/').expect(418, 'FAIRLEAD_NO_BACKEND');
      await request(url).get('/pass').expect(200, 'behind');
    });

    test('a function that throws: the ordinary answer, and an event', async () => {
      const onError = (): never => {
        throw new Error('boom');
      };
      const lb = balance({ backends: [], onError });
      const thrown: FairleadError[] = [];
      lb.on('error', ({ error }) => thrown.push(error));
      const { url } = await serveApp(create().use(lb));
      await request(url).get('/').expect(503);
      expect(thrown.map((error) => error.code)).toEqual(['FAIRLEAD_NO_BACKEND', 'FAIRLEAD_ENGINE']);
      expect(thrown[1]?.cause).toMatchObject({ message: 'boom' });
    });

    test('an async function that rejects: the same', async () => {
      const onError = async (): Promise<void> => {
        throw new Error('boom');
      };
      const lb = balance({ backends: [], onError });
      const thrown: FairleadError[] = [];
      lb.on('error', ({ error }) => thrown.push(error));
      const { url } = await serveApp(create().use(lb));
      await request(url).get('/').expect(503);
      expect(thrown.map((error) => error.code)).toEqual(['FAIRLEAD_NO_BACKEND', 'FAIRLEAD_ENGINE']);
    });

    test('a function that throws after it has answered leaves its answer alone', async () => {
      const onError: LoadBalancerOptions['onError'] = (_error, _req, res) => {
        res.writeHead(418).end('teapot');
        throw new Error('boom');
      };
      const { url } = await serveApp(create().use(balance({ backends: [], onError })));
      await request(url).get('/').expect(418, 'teapot');
    });

    test('is not asked once the head is out', async () => {
      const onError = vi.fn();
      const backend = await answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart');
      const { port } = await serveApp(
        create().use(balance({ backends: [backend.url], onError, timeouts: { idle: 100 } })),
      );
      await expect(ask(port)).rejects.toThrow();
      expect(onError).not.toHaveBeenCalled();
    });
  });

  test('without next, the balancer answers itself, whatever onError says', async () => {
    const { port } = await front({ backends: [], onError: 'next' });
    expect((await ask(port)).status).toBe(503);
  });

  test('a client that leaves is told nothing, and no onError is called for it', async () => {
    const onError = vi.fn();
    const backend = await rawOrigin();
    const { port, lb } = await front({ backends: [backend.url], onError });
    const over = nextEvent(lb, 'request');
    const abort = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}`, { signal: abort.signal });
    await (await backend.peer(0)).until('\r\n\r\n');
    abort.abort();
    await expect(asked).rejects.toThrow();
    expect(await over).toMatchObject({ status: 499, outcome: 'aborted', code: 'FAIRLEAD_CLIENT_ABORT' });
    expect(onError).not.toHaveBeenCalled();
  });
});
