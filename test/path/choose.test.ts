import { describe, expect, it } from 'vitest';
import { type BackendRecord, backendRecord } from '../../lib/core/backend.js';
import { FairleadError } from '../../lib/core/errors.js';
import { Pool } from '../../lib/core/pool.js';
import type { PickContext, Strategy } from '../../lib/core/strategy.js';
import { type Choosers, choose, toPick } from '../../lib/path/choose.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { createStrategy } from '../../lib/strategies/spec.js';
import { fakeExchange } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';
import { seededRandom } from '../support/random.js';

const names = Object.keys(strategies) as StrategyName[];
const exchange = fakeExchange();

function house(strategy: Strategy, spare: Strategy, size = 5) {
  const members = Array.from({ length: size }, (_, i) => backendRecord({ url: `http://b${i}`, id: `b${i}` }));
  const pool = new Pool(members, { maxConnections: 2 });
  const stages: Choosers = { pool, affinity: undefined, onLost: 'redistribute', strategy, spare };
  const pick = () => choose(stages, exchange, undefined, [], toPick);
  const take = (backend: BackendRecord, by = 1) => {
    backend.active += by;
    pool.recount(backend);
  };
  return { members, pool, stages, pick, take };
}

const codeOf = (choice: unknown) => (choice instanceof FairleadError ? choice.code : choice);

describe.each(names)('%s', (name) => {
  const environment = () => ({ clock: new FakeClock(), random: seededRandom(7) });
  const made = () => createStrategy(name, environment());

  it('never chooses one that is full, and fills all to their limit', () => {
    const { members, pick, take } = house(made(), made());
    for (let i = 0; i < 10; i++) {
      const choice = pick();
      expect(codeOf(choice)).toHaveProperty('full', false);
      take(choice as BackendRecord);
    }
    expect(members.map(({ active }) => active)).toEqual([2, 2, 2, 2, 2]);
    const none = pick();
    expect([codeOf(none), (none as FairleadError).message]).toEqual([
      'FAIRLEAD_NO_BACKEND',
      'every backend is at its limit',
    ]);
    take(members[3] as BackendRecord, -1);
    expect(pick()).toBe(members[3]);
  });
});

describe('a strategy of the user', () => {
  it('sees nobody who is full, and is asked once', () => {
    const seen: string[] = [];
    const own: Strategy = {
      pick: (candidates, { attempt }: PickContext) => {
        seen.push(`${attempt}:${candidates.map(({ id }) => id).join('')}`);
        return candidates[0] as BackendRecord;
      },
    };
    const { pick, take } = house(own, own, 2);
    for (let i = 0; i < 4; i++) take(pick() as BackendRecord);
    expect(seen).toEqual(['0:b0b1', '0:b0b1', '0:b1', '0:b1']);
    expect(codeOf(pick())).toBe('FAIRLEAD_NO_BACKEND');
    expect(seen).toHaveLength(4);
  });
});

describe('a strategy of the house', () => {
  it('sees one list, whoever fills; another instance chooses for it among those with room', () => {
    const lists = new Set<unknown>();
    let spared = 0;
    const first: Strategy = {
      pick: (candidates) => {
        lists.add(candidates);
        return candidates[0] as BackendRecord;
      },
    };
    const spare: Strategy = {
      pick: (candidates, { attempt }) => {
        spared++;
        expect(attempt).toBe(1);
        return candidates[0] as BackendRecord;
      },
    };
    const { pick, take, members } = house(first, spare, 3);
    for (let i = 0; i < 6; i++) take(pick() as BackendRecord);
    expect([lists.size, spared]).toEqual([1, 4]);
    expect(members.every(({ full }) => full)).toBe(true);
  });
});

describe('a client whose backend is full', () => {
  it('is treated as one whose backend takes nobody', () => {
    const { members, stages, take } = house(createStrategy('first'), createStrategy('first'), 2);
    const [a, b] = members as [BackendRecord, BackendRecord];
    take(a, 2);
    expect(choose(stages, exchange, a, [], toPick)).toBe(b);
    const rejecting = { ...stages, onLost: 'reject' as const };
    expect(codeOf(choose(rejecting, exchange, a, [], toPick))).toBe('FAIRLEAD_STICKY_LOST');
  });
});
