import * as fairlead from 'fairlead';
import * as dashboard from 'fairlead/dashboard';
import * as prometheus from 'fairlead/prometheus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installed, installed } from '../support/packed.js';

let app: Installed;
beforeAll(async () => {
  app = await installed();
});
afterAll(() => app?.remove());

/** How the package is had: by `import`, and by `require`, which gives the same modules. */
const ways = {
  'use.mjs': `
    import * as fairlead from 'fairlead';
    import * as dashboard from 'fairlead/dashboard';
    import * as prometheus from 'fairlead/prometheus';
    import manifest from 'fairlead/package.json' with { type: 'json' };
    import * as http from 'node:http';
    import { PassThrough } from 'node:stream';
  `,
  'use.cjs': `
    const fairlead = require('fairlead');
    const dashboard = require('fairlead/dashboard');
    const prometheus = require('fairlead/prometheus');
    const manifest = require('fairlead/package.json');
    const http = require('node:http');
    const { PassThrough } = require('node:stream');
  `,
};

/** Uses everything that is exported, once. */
const program = `
  async function main() {
    const servers = [];
    const listen = async (handler) => {
      const server = http.createServer(handler);
      servers.push(server);
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      return 'http://127.0.0.1:' + server.address().port;
    };
    const got = async (url) => {
      const answer = await fetch(url, { headers: { connection: 'close' } });
      return { status: answer.status, text: await answer.text() };
    };

    const health = fairlead.healthEndpoint({ version: '1' });
    const backend = await listen((req, res) => (req.url.startsWith('/health') ? health(req, res) : res.end('answered')));
    const lb = fairlead.loadBalancer({ name: 'packed', backends: [backend], health: { type: 'deep', interval: 50 } });
    const stream = new PassThrough();
    lb.on('request', fairlead.accessLog({ stream }));
    const over = new Promise((resolve) => lb.once('request', resolve));
    await lb.ready();
    const front = await listen(lb);
    const answer = await got(front);
    await over;
    const stats = JSON.parse((await got(await listen(fairlead.statsHandler(lb)))).text);

    const page = dashboard.dashboard(lb);
    const shown = await listen(page);
    const html = (await got(shown)).text;
    const assets = [...html.matchAll(/(?:href|src)="(assets[^"]+)"/g)].map(([, path]) => path);
    const statuses = await Promise.all(assets.map(async (path) => (await got(shown + '/' + path)).status));
    page.close();

    const refused = (act) => {
      try {
        act();
        return 'nothing was thrown';
      } catch (error) {
        return [error instanceof fairlead.FairleadError, error.code, error.message];
      }
    };
    const strategy = fairlead.createStrategy('round-robin');
    const [a, b] = ['a', 'b'].map((id) => fairlead.createBackend({ id, url: 'http://' + id }));
    const turns = [0, 1, 2].map(() => strategy.pick([a, b], { key: '', attempt: 0, request: {} }).id);
    const metrics = await METRICS;
    await lb.close();
    for (const server of servers) server.close();
    console.log(JSON.stringify({
      exports: [fairlead, dashboard, prometheus].map((module) => Object.keys(module).filter((name) => !/^(default|module.exports|__esModule)$/.test(name)).sort()),
      version: manifest.version,
      answer,
      stats: stats.requests.total,
      logged: String(stream.read()),
      assets: [assets.length > 3, [...new Set(statuses)]],
      undici: refused(() => fairlead.loadBalancer({ backends: [], engine: 'undici' })),
      turns,
      metrics,
    }));
  }
  void main();
`;

const names = [fairlead, dashboard, prometheus].map((module) => Object.keys(module).sort());

const used = (file: string, imports: string, metrics: string): Promise<unknown> =>
  app.run(file, imports + program.replace('METRICS', metrics));

describe('the package as it is published', () => {
  test.each(Object.entries(ways))('%s: works with all that it exports, and says what is missing', async (...way) => {
    expect(await used(...way, 'refused(() => prometheus.metrics(lb))')).toEqual({
      exports: names,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      answer: { status: 200, text: 'answered' },
      stats: 1,
      logged: expect.stringMatching(/"GET \/ HTTP\/1\.1" 200 8 /),
      assets: [true, [200]],
      undici: [true, 'FAIRLEAD_OPTIONS', expect.stringContaining('npm install undici@7')],
      turns: ['a', 'b', 'a'],
      metrics: [true, 'FAIRLEAD_OPTIONS', expect.stringContaining('npm install prom-client@15')],
    });
  });

  test.each([
    [
      'use.mts',
      `
      import { loadBalancer, type Stats } from 'fairlead';
      import { type Dashboard, dashboard } from 'fairlead/dashboard';
      import { type Metrics, metrics } from 'fairlead/prometheus';
      const lb = loadBalancer({ backends: ['http://10.0.0.1:3000'] });
      export const told: [Stats, Dashboard, Metrics] = [lb.stats(), dashboard(lb), metrics(lb)];
    `,
    ],
    [
      'use.cts',
      `
      import fairlead = require('fairlead');
      import { dashboard } from 'fairlead/dashboard';
      import { metrics } from 'fairlead/prometheus';
      const lb = fairlead.loadBalancer({ backends: [] });
      void [dashboard(lb), metrics(lb)];
      // @ts-expect-error: no such option
      fairlead.loadBalancer({ backend: [] });
    `,
    ],
  ])('its types need nothing but those of Node.js: %s', async (file, text) => {
    await Promise.all(['@types/node', 'undici-types'].map((name) => app.add(name)));
    expect(await app.compile(file, text)).toBe('');
  });

  describe('beside the optional packages', () => {
    beforeAll(async () => {
      for (const name of ['prom-client', 'undici']) await app.add(name);
    });

    test.each(Object.entries(ways))('%s: takes them up', async (...way) => {
      expect(await used(...way, 'prometheus.metrics(lb).registry.metrics()')).toMatchObject({
        undici: 'nothing was thrown',
        metrics: expect.stringContaining('fairlead_info{balancer="packed",strategy="p2c"} 1'),
      });
    });
  });
});
