import { createServer } from 'node:http';
import express from 'express';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { connectStyle, express4, mounts, serveApp, serveBare, through } from '../support/balance.js';
import { ask } from '../support/client.js';
import { engineNames } from '../support/engines.js';
import { listen } from '../support/listen.js';
import { origin, values } from '../support/origin.js';

describe.each(engineNames)('engine %s', (engine) => {
  const { balance } = through(engine);

  describe.each(Object.entries(mounts))('mounted in %s', (name, mount) => {
    test('a GET and a POST get through, without the mount', async () => {
      const backend = await origin((got, response) => {
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify([got.method, got.target, String(got.body)]));
      });
      const lb = balance({ backends: [backend.url] });
      const { url } = await serveApp(mount('/api', lb));
      await request(url).get('/api/things?a=1&b=//2').expect(200, ['GET', '/things?a=1&b=//2', '']);
      await request(url).post('/api/things').send({ a: 1 }).expect(200, ['POST', '/things', '{"a":1}']);
      await request(url).delete('/api/things/1').expect(200, ['DELETE', '/things/1', '']);
      await request(url).get('/other').expect(404);
      expect(lb.stats().requests).toMatchObject({ total: 3, active: 0, failed: 0 });
    });

    test.each([
      ['/api', '/'],
      ['/api/', '/'],
      ['/api?x=1', '/?x=1'],
      ['/api//double//', '//double//'],
      ['/api/%2f;a', '/%2f;a'],
      ['/api/api', '/api'],
    ])('%s reaches the backend as %s under X-Forwarded-Prefix /api', async (path, target) => {
      const backend = await origin();
      const lb = balance({ backends: [backend.url] });
      const { port } = await serveApp(mount('/api', lb));
      await ask(port, { path, headers: { 'x-forwarded-prefix': '/forged' } });
      // Express 4 cuts off one slash too many: what it leaves in `url` is what there is.
      const given = name === 'Express 4' ? target.replace(/^\/\//, '/') : target;
      expect(backend.last().target).toBe(given);
      expect(values(backend.last().rawHeaders, 'x-forwarded-prefix')).toEqual(['/api']);
    });

    test('mounted at the root there is no prefix', async () => {
      const backend = await origin();
      const lb = balance({ backends: [backend.url] });
      const { port } = await serveApp(mount('/', lb));
      await ask(port, { path: '/a' });
      expect(backend.last().target).toBe('/a');
      expect(values(backend.last().rawHeaders, 'x-forwarded-prefix')).toEqual([]);
    });

    test('two balancers in one app keep to their own', async () => {
      const one = await origin((_got, response) => response.end('one'));
      const two = await origin((_got, response) => response.end('two'));
      const first = mount('/one', balance({ name: 'one', backends: [one.url] }));
      const second = mount('/two', balance({ name: 'two', backends: [two.url] }));
      const { url } = await serveApp((req, res) => (req.url?.startsWith('/one') ? first : second)(req, res));
      await request(url).get('/one/x').expect('one');
      await request(url).get('/two/x').expect('two');
    });
  });

  describe.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('in %s', (_name, create) => {
    test('nested routers add up to the prefix', async () => {
      const backend = await origin();
      const inner = create.Router().use('/inner', balance({ backends: [backend.url] }));
      const { port } = await serveApp(create().use('/outer', inner));
      await ask(port, { path: '/outer/inner/x' });
      expect(backend.last().target).toBe('/x');
      expect(values(backend.last().rawHeaders, 'x-forwarded-prefix')).toEqual(['/outer/inner']);
    });

    test('as the handler of a route it keeps the path', async () => {
      const backend = await origin();
      const { port } = await serveApp(create().get('/only/:id', balance({ backends: [backend.url] })));
      await ask(port, { path: '/only/1?x' });
      expect(backend.last().target).toBe('/only/1?x');
    });

    test('headers of the app stay, those of the backend win', async () => {
      const backend = await origin((_got, response) => {
        response.setHeader('x-both', 'backend').setHeader('vary', 'Accept').end('ok');
      });
      const app = create().use(
        (_req, res, next) => {
          res.set('x-app', 'app').set('x-both', 'app').vary('Origin');
          next();
        },
        balance({ backends: [backend.url] }),
      );
      const { url } = await serveApp(app);
      const { headers } = await request(url).get('/').expect(200);
      expect(headers).toMatchObject({ 'x-app': 'app', 'x-both': 'backend', 'x-powered-by': 'Express' });
      expect(headers.vary?.split(/, ?/).sort()).toEqual(['Accept', 'Origin']);
    });
  });

  test('behind bare node:http the target stays whole', async () => {
    const backend = await origin();
    const { port } = await serveBare(balance({ backends: [backend.url] }));
    await ask(port, { path: '/api/x?y' });
    expect(backend.last().target).toBe('/api/x?y');
    expect(values(backend.last().rawHeaders, 'x-forwarded-prefix')).toEqual([]);
  });

  test('it can be used before the server listens and needs no next', async () => {
    const backend = await origin();
    const lb = balance({ backends: [backend.url] });
    const { port } = await listen(createServer(lb));
    expect((await ask(port)).text).toBe('ok');
  });

  test('Connect in front of Connect: what an outer mount has cut off belongs to the prefix', async () => {
    const backend = await origin();
    const lb = balance({ backends: [backend.url] });
    const { port } = await serveApp(connectStyle('/outer/inner', lb));
    await ask(port, { path: '/outer/inner/x' });
    expect(values(backend.last().rawHeaders, 'x-forwarded-prefix')).toEqual(['/outer/inner']);
  });
});
