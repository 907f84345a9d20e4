/**
 * What health checks and breakers are good for: `npm run show:health`. Plays the scene in each mode (four minutes in all),
 * prints a line a second, and writes docs/health/timeline.md and docs/health/timeline.svg. With a mode's name as its
 * argument it plays that one and writes nothing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { machine } from '../report.js';
import { plot } from './plot.js';
import { MODES, PER_SECOND, play, SCRIPT } from './scene.js';

/** @typedef {Awaited<ReturnType<typeof play>>} Run */

const docs = new URL('../../docs/health/', import.meta.url);

function described(/** @type {Record<string, number>} */ errors) {
  return Object.entries(errors)
    .map(([what, count]) => `${count} x ${what}`)
    .join(', ');
}

function row(/** @type {Run[number]} */ { share, ok, failed, errors, states }, /** @type {number} */ second) {
  const cells = [`${second}`.padStart(2), share.map((count) => `${count}`.padStart(4)).join(' '), `${ok}`.padStart(4)];
  return [
    ...cells,
    `${failed}`.padStart(4),
    states.join(' '),
    [SCRIPT.get(second), described(errors)].filter(Boolean).join(': '),
  ].join(' | ');
}

function page(/** @type {Record<string, Run>} */ runs) {
  const names = Object.keys(runs);
  const [first = ''] = names;
  const totals = names.map(
    (name) => `| ${name} | ${runs[name]?.reduce((sum, { failed }) => sum + failed, 0)} | ${kinds(runs[name] ?? [])} |`,
  );
  const seconds = (runs[first] ?? []).map(({ share, failed, states }, i) => {
    const others = names.slice(1).map((name) => runs[name]?.[i]?.failed ?? 0);
    return `| ${[i, SCRIPT.get(i) ?? '', ...share, states.join(' '), failed, ...others].join(' | ')} |`;
  });
  const heads = [
    'second',
    'what happens',
    'a',
    'b',
    'c',
    'states at its end',
    ...names.map((name) => `errors: ${name}`),
  ];
  return [
    '# A timeline',
    '',
    `Written by \`npm run show:health\` on ${machine()}. Three backends, ${PER_SECOND} requests a second that are sent`,
    'whether or not the ones before have been answered. One backend is killed, one hangs, one answers 500, each for ten',
    'seconds. `a`, `b` and `c` are the attempts made there in that second, and the states those of the first run.',
    '',
    '| run | errors that clients saw | of which |',
    '| --- | --- | --- |',
    ...totals,
    '',
    '![requests a second and errors](timeline.svg)',
    '',
    `| ${heads.join(' | ')} |`,
    `| ${heads.map(() => '---').join(' | ')} |`,
    ...seconds,
    '',
  ].join('\n');
}

function kinds(/** @type {Run} */ run) {
  /** @type {Record<string, number>} */
  const all = {};
  for (const { errors } of run)
    for (const [what, count] of Object.entries(errors)) all[what] = (all[what] ?? 0) + count;
  return described(all);
}

const [only] = process.argv.slice(2);
/** @type {Record<string, Run>} */
const runs = {};
for (const mode of only === undefined ? Object.keys(MODES) : [only]) {
  console.log(`\n${mode}\n s | to a, b, c | answered | errors | states`);
  const tell = (/** @type {Run[number]} */ second, /** @type {number} */ i) => console.log(row(second, i));
  const run = await play(/** @type {keyof typeof MODES} */ (mode), tell);
  runs[mode] = run;
  console.log(`errors: ${kinds(run) || 'none'}`);
}
if (only === undefined) {
  await mkdir(docs, { recursive: true });
  await writeFile(new URL('timeline.md', docs), page(runs));
  await writeFile(new URL('timeline.svg', docs), plot(runs));
}
process.exit();
