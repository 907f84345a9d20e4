// What the dashboard costs with 1,000 backends: `npm run bench:dashboard`. In the page: milliseconds a refresh, from the
// message's arrival to the end of script, plots and layout, while every row changes in every second. On the server:
// milliseconds of CPU a second, with nobody looking and with somebody.
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { loadBalancer } from 'fairlead';
import { dashboard } from 'fairlead/dashboard';
import { chromium } from 'playwright-core';

const BACKENDS = 1_000;
const SECONDS = 20;

const ids = Array.from({ length: BACKENDS }, (_, i) => `backend-${i}`);
const lb = loadBalancer({ name: 'api', backends: ids.map((id, i) => ({ id, url: `http://10.0.0.1:${1 + i}` })) });
const handler = dashboard(lb);
const server = createServer((request, response) => handler(request, response));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${server.address().port}/`;

/** CPU that this process takes while `during` runs, in milliseconds a second, without that of the changes themselves. */
async function cpu(seconds) {
  let changes = 0;
  const before = process.cpuUsage();
  const since = performance.now();
  for (let second = 1; second <= seconds; second++) {
    const start = process.cpuUsage();
    for (const id of ids) lb.setWeight(id, 1 + Math.random());
    const { user, system } = process.cpuUsage(start);
    changes += user + system;
    await wait(1_000);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system - changes) / (performance.now() - since);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const idle = await cpu(5);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.addInitScript(() => {
  globalThis.refreshes = [];
  const add = EventSource.prototype.addEventListener;
  EventSource.prototype.addEventListener = function (name, listener) {
    add.call(this, name, (event) => {
      const since = performance.now();
      listener(event);
      // Plots are drawn once the script is done, in microtasks of their own.
      queueMicrotask(() => {
        // Reading a height makes the browser lay out at once what it would have before it paints.
        document.body.getBoundingClientRect();
        if (name === 'message') globalThis.refreshes.push({ ms: performance.now() - since, bytes: event.data.length });
      });
    });
  };
});
// CPU time, of all threads: what else runs on this machine does not count.
const devtools = await browser.newBrowserCDPSession();
const busy = async () => {
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').reduce((ms, { cpuTime }) => ms + 1_000 * cpuTime, 0);
};
await page.goto(url);
await page.locator('tbody tr').first().waitFor();
const loading = await busy();
await cpu(5);
const before = [await busy(), await page.evaluate('refreshes.length')];
const watched = await cpu(SECONDS);
const refresh = ((await busy()) - before[0]) / ((await page.evaluate('refreshes.length')) - before[1]);
const [first, ...rest] = await page.evaluate(() => globalThis.refreshes);
const times = rest.slice(2).map(({ ms }) => ms);
console.log(
  `${BACKENDS} backends, every row new in each of ${times.length} refreshes of ${Math.round(median(rest.map(({ bytes }) => bytes)) / 1_000)} kB`,
);
console.log(
  `in the page: the first ${Math.round(first.ms)} ms, then ${median(times).toFixed(1)} ms (median), ${Math.max(...times).toFixed(1)} ms (most)`,
);
console.log(
  `CPU of the page: ${Math.round(loading)} ms until the first row, then ${refresh.toFixed(1)} ms a refresh, painting included`,
);
console.log(
  `on the server: ${idle.toFixed(1)} ms of CPU a second with nobody looking, ${watched.toFixed(1)} ms with a viewer`,
);
await browser.close();
handler.close();
server.close();
server.closeAllConnections();
await lb.close();
