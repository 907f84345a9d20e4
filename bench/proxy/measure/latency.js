/** What a side adds to the time of a request when there is no other. */
import { median } from '../../report.js';
import { generator, load } from '../load.js';
import { ITEMS } from '../paths.js';
import { pinned, stop } from '../processes.js';
import { inTurn } from '../rounds.js';
import { check, startBackends, startSides } from '../sides.js';

/** @import { Section, Settings } from '../rounds.js' */

const HEAD = ['side', 'p50 us', 'p99 us', 'p50 added', 'min', 'max', 'p99 added', 'min', 'max'];

/** @returns {Promise<Section[]>} */
export async function measure(/** @type {Settings} */ { rounds, seconds, warmup, only }) {
  const title = 'Latency at low load';
  if (generator !== 'wrk') return [{ title, text: 'Not measured: wrk is not installed.', tables: [] }];
  const backends = await startBackends();
  const sides = await startSides('bare', backends.urls, only);
  await check(sides, backends.urls);
  const direct = { label: 'directly to a backend', origin: backends.urls[0] };
  // With many connections: at one request at a time the code would not be hot by then.
  for (const { origin } of [direct, ...sides]) await load(origin + ITEMS, 50, warmup);
  const results = await inTurn(
    [direct, ...sides],
    rounds,
    async ({ origin }) => {
      const { p50, p99 } = await load(origin + ITEMS, 1, seconds);
      return { p50: p50 * 1000, p99: p99 * 1000 };
    },
    ({ p50, p99 }) => `p50 ${p50.toFixed(0)} us, p99 ${p99.toFixed(0)} us`,
  );
  await stop();
  const base = results.get(direct) ?? [];
  const rows = [...results].map(([{ label }, all]) => {
    const added = /** @type {const} */ (['p50', 'p99']).flatMap((field) => {
      const over = all.map((result, round) => result[field] - base[round][field]);
      return [median(over), Math.min(...over), Math.max(...over)];
    });
    const own = [median(all.map(({ p50 }) => p50)), median(all.map(({ p99 }) => p99))];
    return [label, ...[...own, ...added].map((value) => value.toFixed(0))];
  });
  const text = [
    `One connection and one request at a time, in microseconds; ${rounds} rounds in which each side has its turn`,
    `of ${seconds} s, after ${warmup} s to warm up. Added: over the direct way in the same round.`,
    pinned ? 'Each side is on core 0, client and backends on core 1.' : 'Not pinned to cores: no taskset here.',
  ].join(' ');
  return [{ title, text, tables: [{ head: HEAD, rows }] }];
}
