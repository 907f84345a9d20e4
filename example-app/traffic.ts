/**
 * Traffic to look at: `npm run traffic` in this folder, while the app runs. For TRAFFIC_SECONDS (15) it sends a mix of
 * quick and slow requests, a dozen at a time, and shows who gets them: under least connections the backend that is busy
 * gets less. The first argument is the app's address (http://localhost:3000).
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Stats } from 'fairlead';

const [app = `http://localhost:${process.env.PORT ?? 3000}`] = process.argv.slice(2);
const { TRAFFIC_SECONDS = '15' } = process.env;
const AT_ONCE = 12;
/** One request in so many takes its time. */
const SLOW = 8;
const EVERY = 500;

const end = Date.now() + Math.min(Number(TRAFFIC_SECONDS) || 15, 300) * 1_000;
let sent = 0;
let failed = 0;

/** Sends one request after the other until the time is up. */
async function client(): Promise<void> {
  while (Date.now() < end) {
    sent++;
    const path = sent % SLOW === 0 ? '/api/sleep?ms=800' : '/api/';
    const ok = await fetch(`${app}${path}`).then(
      async (response) => (await response.text()) !== '' && response.ok,
      () => false,
    );
    if (ok) continue;
    failed++;
    // Whoever has nobody to answer does not ask as fast as it can.
    await wait(100);
  }
}

async function stats(): Promise<Stats> {
  const response = await fetch(`${app}/stats/api`);
  if (!response.ok) throw new Error(`${app}/stats/api answered ${response.status}`);
  return (await response.json()) as Stats;
}

const bar = (length: number): string => '#'.repeat(Math.min(30, Math.round(length))).padEnd(30);

/** Each backend's requests in flight now, and its share of those since the start. */
function picture({ strategy, backends }: Stats, before: Stats): string[] {
  const got = backends.map(({ id, total }) => total - (before.backends.find((each) => each.id === id)?.total ?? 0));
  const all = got.reduce((sum, count) => sum + count, 0);
  const lines = backends.map(({ id, active, available }, i) => {
    const share = all === 0 ? 0 : Math.round((100 * (got[i] ?? 0)) / all);
    const state = available ? '' : '  takes none';
    return `  ${id.padEnd(8)} active ${String(active).padStart(3)} ${bar(active * 2)} share ${String(share).padStart(3)} %${state}`;
  });
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1_000));
  return [`${strategy}: ${all} requests, ${failed} failed, ${left} s left`, ...lines];
}

async function watch(before: Stats): Promise<void> {
  let drawn = 0;
  while (Date.now() < end) {
    await wait(EVERY);
    const lines = picture(await stats(), before);
    // In a terminal each picture replaces the one before; in a file they follow one another.
    if (process.stdout.isTTY && drawn > 0) process.stdout.write(`\x1b[${drawn}A\x1b[J`);
    console.log(lines.join('\n'));
    drawn = lines.length;
  }
}

try {
  const before = await stats();
  await Promise.all([watch(before), ...Array.from({ length: AT_ONCE }, client)]);
} catch (error) {
  const why = error instanceof Error ? (error.cause ?? error) : error;
  console.error(`${why instanceof Error ? why.message : why}\nIs the app running? npm start, in the folder above.`);
  process.exitCode = 1;
}
