import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { simulate } from '../../lib/simulate/cli.js';
import { scenarios } from '../../lib/simulate/scenarios/index.js';
import { FakeClock } from '../support/clock.js';
import { elementsOf } from './fakes.js';

const own = fileURLToPath(new URL('own-strategy.js', import.meta.url));

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const around = {
    clock: new FakeClock(),
    print: (text: string) => {
      out += text;
    },
    complain: (text: string) => {
      err += text;
    },
  };
  const code = await simulate(words, around);
  return { code, out, err };
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'fairlead-simulate-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const few = ['--requests', '500', '--strategy', 'p2c,ip-hash'];

describe('npm run simulate', () => {
  it('prints a table a scenario, a line a strategy', async () => {
    const { code, out, err } = await run(...few, '--strategy', own);
    expect([code, err]).toEqual([0, '']);
    for (const { title } of Object.values(scenarios)) expect(out).toContain(title);
    for (const name of ['p2c', 'ip-hash', 'own-strategy']) {
      expect(out.match(new RegExp(`^${name} `, 'gm'))).toHaveLength(Object.keys(scenarios).length);
    }
    expect(out).toContain('12,000 requests simulated');
  });

  it('prints the same for the same seed, something else for another', async () => {
    const [once, again, other] = [
      await run(...few, '--seed', '5'),
      await run(...few, '--seed', '5'),
      await run(...few, '--seed', '6'),
    ];
    expect(again.out).toBe(once.out);
    expect(other.out).not.toBe(once.out);
  });

  it('takes arrivals and clients from a trace', async () => {
    const file = path.join(await folder(), 'trace.csv');
    await writeFile(file, `time_ms,key\n${Array.from({ length: 300 }, (_, i) => `${i},one`).join('\n')}\n`);
    const { out } = await run('--scenario', 'equal', '--strategy', 'ip-hash', '--trace', file);
    expect(out).toContain('300 requests.');
    // One client, one backend.
    expect(out).toMatch(/^ip-hash +(0\.0 )*100\.0/m);
  });

  it('writes the page and the plots', async () => {
    const to = await folder();
    const html = path.join(to, 'deep', 'page.html');
    const { out } = await run(...few, '--scenario', 'equal,flapping', '--html', html, '--svg', path.join(to, 'plots'));
    expect(elementsOf(await readFile(html, 'utf8')).filter((name) => name === 'svg')).toHaveLength(8);
    expect(await readdir(path.join(to, 'plots'))).toHaveLength(8);
    expect(out).toContain('wrote 8 plots');
  });

  it('says what there is, and how it is used', async () => {
    const { out } = await run('--list');
    for (const name of [...Object.keys(scenarios), 'p2c', 'ip-hash']) expect(out).toContain(`  ${name}`);
    expect((await run('--help')).out).toContain('--scenario');
  });

  it.each([
    [['--scenario', 'flaping'], /--scenario flaping: there is no such scenario; did you mean 'flapping'\?/],
    [['--scenario', 'constructor'], /known are equal/],
    [['--strategy', 'p3c', '--scenario', 'equal'], /did you mean 'p2c'/],
    [['--trace', 'nowhere.csv'], /--trace nowhere\.csv: ENOENT/],
    [['--docs', '--requests', '10'], /--docs/],
    [['--what'], /no such option/],
  ])('refuses %j: a line, and exit code 2', async (words, message) => {
    const { code, out, err } = await run(...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a trace that is none', async () => {
    const file = path.join(await folder(), 'trace.csv');
    await writeFile(file, '1\nsoon\n');
    expect((await run('--trace', file)).err).toContain(`--trace ${file}: line 2`);
  });
});
