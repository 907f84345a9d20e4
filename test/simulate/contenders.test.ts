import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Contender, contendersOf, registered } from '../../lib/simulate/contenders.js';
import { UsageError } from '../../lib/simulate/usage-error.js';
import { strategies } from '../../lib/strategies/index.js';
import { backendsOf, contextOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

const environment = { clock: new FakeClock(), random: seededRandom(1) };
const own = fileURLToPath(new URL('own-strategy.js', import.meta.url));

/** Whom it picks of a, b, c. */
const pickOf = (contender: Contender | undefined) =>
  contender?.create(environment).pick(backendsOf(1, 1, 1), contextOf()).id;

async function file(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairlead-simulate-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path.join(folder, name), text);
  return path.join(folder, name);
}

it('all of the registry, each once', () => {
  const names = registered().map(({ name }) => name);
  expect(Object.keys(strategies)).toEqual(expect.arrayContaining(names));
  expect(names).toHaveLength(new Set(Object.values(strategies)).size);
});

describe('contendersOf', () => {
  it('names, in order', async () => {
    const found = await contendersOf(['p2c, random', 'ip-hash']);
    expect(found.map(({ name }) => name)).toEqual(['p2c', 'random', 'ip-hash']);
    for (const contender of found) expect(pickOf(contender)).toMatch(/^[abc]$/);
  });

  it('a name with options, which is its name then', async () => {
    const [one] = await contendersOf(['["ip-hash",{"ipv6Prefix":48}]']);
    expect(one?.name).toBe('["ip-hash",{"ipv6Prefix":48}]');
    expect(pickOf(one)).toMatch(/^[abc]$/);
  });

  it('a file that exports a function: a new one each time', async () => {
    const [one] = await contendersOf([own]);
    expect([one?.name, one?.fresh, pickOf(one)]).toEqual(['own-strategy', true, 'c']);
    expect(one?.create(environment)).not.toBe(one?.create(environment));
  });

  it('a file that exports an object', async () => {
    const [one] = await contendersOf([await file('second.mjs', 'export default { pick: ([, second]) => second };')]);
    expect([one?.name, one?.fresh, pickOf(one)]).toEqual(['second', false, 'b']);
  });

  it.each([
    ['p2cc', /--strategy p2cc: .*did you mean 'p2c'/],
    ['quite-another-thing', /known are .*round-robin/],
    ['["ip-hash",{"ipv6Prefx":48}]', /did you mean 'ipv6Prefix'/],
    ['["ip-hash"', /not JSON/],
    ['p2c,p2c', /given twice/],
    ['./nowhere.js', /--strategy \.\/nowhere\.js/],
    ['', /strategy/],
  ])('refuses %j', async (word, message) => {
    const refusal = expect(contendersOf([word])).rejects;
    await refusal.toThrow(message);
    await expect(contendersOf([word])).rejects.toThrow(UsageError);
  });

  it('refuses files that export something else', async () => {
    await expect(contendersOf([await file('a.mjs', 'export const a = 1;')])).rejects.toThrow(/neither an object/);
    await expect(contendersOf([await file('b.mjs', 'export default 1 +')])).rejects.toThrow(UsageError);
    const [one] = await contendersOf([await file('c.mjs', 'export default () => ({ choose() {} });')]);
    expect(() => one?.create(environment)).toThrow(/did not return/);
  });
});
