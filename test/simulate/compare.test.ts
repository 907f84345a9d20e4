import { expect, it } from 'vitest';
import { tryOut } from '../../lib/simulate/compare.js';
import { contendersOf, registered } from '../../lib/simulate/contenders.js';
import { scenarios } from '../../lib/simulate/scenarios/index.js';
import { generate } from '../../lib/simulate/workload.js';
import { scenarioOf } from './fakes.js';

it.each(registered())('$name: the same seed gives the same report, another seed another', (contender) => {
  const scenario = scenarios['rolling-restart'];
  const report = (seed: number) => tryOut(contender, scenario, generate(scenario, 15_000, seed), seed);
  expect(report(1)).toEqual(report(1));
  expect(report(1)).not.toEqual(report(2));
});

it('counts key moves of what goes by the key, and of nothing else', async () => {
  const scenario = scenarios['rolling-restart'];
  const workload = generate(scenario, 12_000, 1);
  const [hash, turns] = (await contendersOf(['ip-hash,round-robin'])).map(
    (contender) => tryOut(contender, scenario, workload, 1).keyMoves,
  );
  // From 5.5 to 7.5 seconds the first is out of the list; the second from 10.5 on is too late.
  expect(hash).toMatchObject({ changes: 2, moved: hash?.needed });
  expect(turns).toBeUndefined();
});

it('says whose code threw, and where', () => {
  const broken = {
    name: 'mine',
    fresh: true,
    create: () => ({
      pick: () => {
        throw new Error('oh');
      },
    }),
  };
  const scenario = scenarioOf([{ id: 'a', latency: { kind: 'constant', ms: 1 } }]);
  const workload = generate(scenario, 10, 1);
  expect(() => tryOut({ ...broken, fresh: false }, scenario, workload, 1)).toThrow("mine in 'A test': oh");
  expect(() => tryOut(broken, scenario, workload, 1)).toThrow("mine in 'A test': oh");
});
