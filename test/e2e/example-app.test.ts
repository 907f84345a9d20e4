import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const program = fileURLToPath(new URL('../../example-app/dist/server.js', import.meta.url));
const running: ExampleApp[] = [];
// Every curl in these shells tells its status on stderr, without a word of that in the command.
const curlHome = mkdtempSync(path.join(tmpdir(), 'fairlead-curl-'));
writeFileSync(path.join(curlHome, '.curlrc'), 'silent\nwrite-out = "%{stderr}%{http_code} "\n');

afterAll(async () => {
  rmSync(curlHome, { recursive: true });
  for (const { child } of running) child.kill();
  await Promise.all(running.map((app) => app.ended));
});

/** The example app in a process of its own, and what it has printed so far. */
class ExampleApp {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** All output is closed: the app and everyone who shares its output, so the backends too, are gone. */
  readonly ended: Promise<unknown>;
  readonly #reader: Interface;

  constructor(environment: NodeJS.ProcessEnv = {}, command: readonly string[] = [process.execPath, program]) {
    const env = { ...process.env, HOST: 'localhost', PORT: '0', BACKEND_PORTS: '0,0,0', ...environment };
    const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.ended = once(child, 'close');
    this.#reader = createInterface({ input: child.stdout });
    this.#reader.on('line', (line) => this.lines.push(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.lines.push(line));
    running.push(this);
  }

  static async started(...how: ConstructorParameters<typeof ExampleApp>): Promise<ExampleApp> {
    const app = new ExampleApp(...how);
    await app.printed(/^The access log/);
    return app;
  }

  /** Waits for a line. */
  async printed(pattern: RegExp): Promise<void> {
    for (;;) {
      if (this.lines.some((line) => pattern.test(line))) return;
      const next = await Promise.race([once(this.#reader, 'line'), this.ended.then(() => 'ended')]);
      if (next === 'ended') throw new Error(`ended without printing ${pattern}: ${this.lines.join('\n')}`);
    }
  }

  get url(): string {
    return /http:\S+:\d+/.exec(this.lines.join())?.[0] ?? '';
  }

  /** The commands for a second terminal, each with the line that says what it shows. */
  get commands(): [shows: string, command: string][] {
    return this.lines.flatMap((line, i) =>
      /^ {4}\S/.test(line) ? [[this.lines[i - 1]?.replace(/^ *# /, '') ?? '', line]] : [],
    );
  }

  get pids(): number[] {
    return [...this.lines.join().matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  }

  async setState(backend: string, state: string) {
    const response = await fetch(`${this.url}/admin/shop/backends/${backend}/state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    });
    return { status: response.status, text: await response.text() };
  }
}

/** A client with cookies: gets its basket, or puts something into it, and says which cookies were set. */
function visitor(app: ExampleApp) {
  const cookies = new Map<string, string>();
  return async (item?: string) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(`${app.url}/shop/basket`, {
      headers: { cookie, 'content-type': 'application/json' },
      ...(item !== undefined && { method: 'POST', body: JSON.stringify({ item }) }),
    });
    const set = response.headers.getSetCookie().map((line) => line.split(/[=;]/, 2) as [string, string]);
    for (const [name, value] of set) cookies.set(name, value);
    const { backend, pid, basket } = (await response.json()) as { backend: string; pid: number; basket: string[] };
    return { status: response.status, set: set.map(([name]) => name).sort(), backend, pid, basket };
  };
}

interface Expected {
  /** What its curls got. */
  readonly statuses?: string;
  /** What it prints if that is JSON: each value begins its line. */
  readonly json?: readonly object[];
  readonly text?: readonly (string | RegExp)[];
  /** What the app itself prints then. */
  readonly printed?: RegExp;
}

const inNorth = { statuses: '200', json: [{ backend: 'north', basket: ['rope'] }] };
const newElsewhere = { statuses: '200', json: [{ backend: expect.not.stringContaining('north'), basket: [] }] };

const commands: Record<string, Expected> = {
  "What there is, with helmet's headers": {
    statuses: '200',
    text: [/^content-security-policy: /im, /^set-cookie: connect\.sid=/im, '"/shop"'],
  },
  'One of the backends': { statuses: '200', json: [{ pid: expect.any(Number), method: 'GET' }] },
  'A body that express.json() has read gets through': { statuses: '200', json: [{ body: { hello: 'world' } }] },
  'Six at once: two for each backend': {
    statuses: '200 200 200 200 200 200',
    json: Array(6).fill({ slept: 500 }),
    // Two for each if all six curls come before the first answer; nobody is left out however slow they are.
    text: ['"north"', '"south"', '"slow"'],
  },
  'A WebSocket': { text: [/^(north|south|slow): ahoy\n$/] },
  "A basket, in north's memory: round robin begins there": inNorth,
  'It stays there': inNorth,
  'north takes no new clients': { statuses: '200', json: [{ balancer: 'shop', backend: 'north', state: 'drain' }] },
  'but keeps you': inNorth,
  'A new client goes elsewhere': newElsewhere,
  'north dies': { printed: /backend north has ended \(SIGKILL\)/ },
  'Its basket is lost; a new, empty one is kept elsewhere': newElsewhere,
  'What the balancers counted': {
    statuses: '200 200',
    json: [
      { name: 'api', strategy: 'least-connections', requests: { total: 9, failed: 0 } },
      { name: 'shop', requests: { failed: 0 }, sticky: { hits: 2, assigned: 2, lost: 1 } },
    ],
  },
};

commands['The same for Prometheus'] = {
  statuses: '200',
  text: [/^fairlead_requests_total{balancer="shop",backend="north".*} \d+$/m],
};
commands['Traffic: under least connections the busy one gets less'] = {
  // Two pictures, or three, before the two seconds are over.
  text: [
    /^least-connections: \d+ requests, 0 failed/m,
    /^ {2}south +active +\d+ [# ]{30} share +\d+ %$/m,
    /^ {2}north .* takes none$/m,
  ],
};

const digits = (text: string): string => [...text.replaceAll(/\s/g, '')].sort().join('');

describe('the commands that the example app prints', () => {
  const shell = promisify(execFile);
  let app: ExampleApp;
  beforeAll(async () => {
    app = await ExampleApp.started();
  });

  it('are these and no others', () => {
    expect(app.commands.map(([shows]) => shows)).toEqual(Object.keys(commands));
  });

  it.each(Object.entries(commands))('%s', async (shows, { statuses = '', json, text = [], printed }) => {
    const command = app.commands.find(([title]) => title === shows)?.[1] ?? '';
    // Not in our folder: nothing may depend on where the second terminal is.
    const place = { cwd: curlHome, env: { ...process.env, CURL_HOME: curlHome, TRAFFIC_SECONDS: '2' } };
    const { stdout, stderr } = await shell('sh', ['-c', command], place);
    // Digit by digit: curls that run at once write into one another's words.
    expect(digits(stderr)).toBe(digits(statuses));
    const values = json && stdout.trim().split(/\n+(?=\{)/);
    if (values) expect(values.map((value) => JSON.parse(value))).toMatchObject(json);
    for (const part of text) expect(stdout).toMatch(part);
    if (printed) await app.printed(printed);
  });
});

describe('the example app', () => {
  let app: ExampleApp;
  beforeAll(async () => {
    app = await ExampleApp.started();
  });

  it('keeps a basket while its backend drains, and begins another elsewhere when that is killed', async () => {
    const basket = visitor(app);
    const { backend, pid, set } = await basket('rope');
    // The balancer's, the session's and the backend's own.
    expect(set).toEqual(['basket', 'connect.sid', 'fairlead.shop']);
    expect(await app.setState(backend, 'drain')).toMatchObject({ status: 200 });
    expect(await basket('cleat')).toMatchObject({ backend, basket: ['rope', 'cleat'], set: [] });
    process.kill(pid, 'SIGKILL');
    await app.printed(/has ended \(SIGKILL\)/);
    const other = await basket();
    expect(other).toMatchObject({ status: 200, basket: [], set: ['basket', 'fairlead.shop'] });
    expect(other.backend).not.toBe(backend);
    expect(await basket('line')).toMatchObject({ backend: other.backend, basket: ['line'], set: [] });
  });

  it("sends helmet's headers with what comes from a backend, and logs it", async () => {
    const { headers } = await fetch(`${app.url}/api/`);
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    await app.printed(/^GET \/api\/ 200 /);
  });

  it('shows its balancers on a page, with actions for this machine under its own name only', async () => {
    const page = await fetch(`${app.url}/balancer`);
    expect(page.url).toBe(`${app.url}/balancer/`);
    expect(await page.text()).toContain('<h2>shop (round-robin)</h2>');
    const { port } = new URL(app.url);
    const act = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' };
        const request = httpRequest({ host: 'localhost', port, path: '/balancer/actions', method: 'POST', headers });
        request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
        request.end(JSON.stringify({ balancer: 1, backend: 'slow', do: 'ready' }));
      });
    expect(await act(`localhost:${port}`)).toBe(200);
    // A name of somebody else's that leads here.
    expect(await act(`evil.example:${port}`)).toBe(403);
  });

  it('echoes on /live and on no other path', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/live?from=test`);
    await once(socket, 'open');
    socket.send('ahoy');
    const [data] = await once(socket, 'message');
    expect(String(data)).toMatch(/^\w+: ahoy$/);
    socket.close();
    const [error] = await once(new WebSocket(`${app.url.replace('http', 'ws')}/elsewhere`), 'error');
    expect(error.message).toBe('Unexpected server response: 404');
  });

  it('tells an operator of an unknown backend or state', async () => {
    const text = (part: string) => ({ status: 400, text: expect.stringContaining(part) });
    expect(await app.setState('nowhere', 'drain')).toMatchObject(text('north'));
    expect(await app.setState('slow', 'rest')).toMatchObject(text('drain'));
  });

  it('says so and leaves nothing behind when its port is taken', async () => {
    const second = new ExampleApp({ PORT: new URL(app.url).port });
    await second.ended;
    expect(second.child.exitCode).toBe(1);
    expect(second.lines.join('\n')).toMatch(/EADDRINUSE.*\nAnother port/);
  });
});

describe('the end of the example app', () => {
  it('after SIGTERM: what is in flight is answered, then it is gone and its backends with it', async () => {
    const app = await ExampleApp.started();
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/live`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const sleeping = fetch(`${app.url}/api/sleep?ms=1000`);
    let active = 0;
    while (active < 2) active = Number(/"active":(\d+)/.exec(await (await fetch(`${app.url}/stats/api`)).text())?.[1]);
    app.child.kill('SIGTERM');
    expect(await (await sleeping).json()).toMatchObject({ slept: 1000 });
    await closed;
    await app.ended;
    expect(app.child.exitCode).toBe(0);
    for (const pid of app.pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('after SIGKILL: its backends end by themselves', async () => {
    const app = await ExampleApp.started();
    app.child.kill('SIGKILL');
    await app.ended;
  });

  it('after the end of the npm that started it: likewise', async () => {
    // As npm does it: a shell in between, which passes no signal on.
    const app = await ExampleApp.started({ npm_lifecycle_event: 'start' }, [
      'sh',
      '-c',
      `'${process.execPath}' '${program}'; :`,
    ]);
    app.child.kill();
    await app.ended;
  });
});
