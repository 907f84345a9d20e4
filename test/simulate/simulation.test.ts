import { describe, expect, it } from 'vitest';
import type { Backend } from '../../lib/core/backend.js';
import type { Outcome } from '../../lib/core/outcome.js';
import type { Strategy } from '../../lib/core/strategy.js';
import { Ending } from '../../lib/simulate/ending.js';
import type { BackendPlan, Fault, Scenario } from '../../lib/simulate/plan.js';
import { scenarios } from '../../lib/simulate/scenarios/index.js';
import type { Simulation } from '../../lib/simulate/simulation.js';
import { type StrategyName, strategies } from '../../lib/strategies/index.js';
import { scenarioOf, simulationOf, workloadAt } from './fakes.js';

const constant = (ms: number, different: Partial<BackendPlan> = {}): BackendPlan => {
  return { id: 'a', latency: { kind: 'constant', ms }, ...different };
};

/** How each request ended, and after how many ms. */
const results = ({ records }: Simulation) => [...records.ending].map((ending, i) => [ending, records.took[i]]);

function played(scenario: Scenario, ...at: number[]): Simulation {
  const simulation = simulationOf(scenario, 'round-robin', workloadAt(...at));
  simulation.run();
  return simulation;
}

describe('against queueing theory', () => {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  /** Erlang's C: the probability of having to wait with `servers` and this much traffic. */
  function erlangC(servers: number, traffic: number): number {
    let blocked = 1;
    for (let n = 1; n <= servers; n++) blocked = (traffic * blocked) / (n + traffic * blocked);
    return blocked / (1 - (traffic / servers) * (1 - blocked));
  }

  it.each([
    [1, 80],
    [1, 50],
    [4, 320],
    [10, 700],
  ])(
    'M/M/%i with %i requests a second of 10 ms: 200,000 requests, mean wait within a twentieth of theory',
    (capacity, rate) => {
      const scenario = scenarioOf([{ id: 'a', latency: { kind: 'exponential', mean: 10 }, capacity }], {
        arrivals: { kind: 'poisson', perSecond: rate },
        requests: 200_000,
        timeout: 1e9,
      });
      const simulation = simulationOf(scenario);
      simulation.run();
      const waits = erlangC(capacity, rate / 100);
      const expected = (waits * 1000) / (capacity * 100 - rate);
      expect(Math.abs((mean(simulation.records.took) - 10) / expected - 1)).toBeLessThan(0.05);
    },
  );
});

describe('conservation', () => {
  const names = Object.keys(strategies) as StrategyName[];
  it.each(names)('%s: at every moment arrivals are answered, failed or in flight, and so say the leases', (name) => {
    const scenario = { ...scenarios['rolling-restart'], requests: 20_000 };
    const simulation = simulationOf(scenario, name);
    for (let time = 0; time < 20_000; time += 250) {
      simulation.run(time);
      const { ending } = simulation.records;
      const pending = ending.subarray(0, simulation.arrived).filter((each) => each === Ending.pending).length;
      expect(simulation.inFlight).toBe(pending);
      expect(simulation.ended + pending).toBe(simulation.arrived);
      const active = simulation.backends.reduce((sum, { record }) => sum + record.active, 0);
      expect(active).toBe(pending);
      for (const { running, capacity, queue, record } of simulation.backends) {
        expect(running).toBeLessThanOrEqual(capacity);
        expect(running + queue.size).toBeLessThanOrEqual(record.active);
        // Nobody waits while there is room.
        if (queue.size > 0) expect(running).toBe(capacity);
      }
    }
    simulation.run();
    expect(simulation.ended).toBe(20_000);
    for (const { record, running, queue } of simulation.backends) {
      expect([record.active, running, queue.size]).toEqual([0, 0, 0]);
    }
  });
});

describe('a backend', () => {
  it('works on as many as it has places for; the others wait their turn', () => {
    const simulation = played(scenarioOf([constant(10, { capacity: 2 })]), 0, 1, 2, 3, 30);
    expect(results(simulation)).toEqual([10, 10, 18, 18, 10].map((ms) => [Ending.answered, ms]));
    expect(simulation.peak).toBe(4);
  });

  it('loses those who have waited or worked too long, and goes on with the next', () => {
    const simulation = played(scenarioOf([constant(40, { capacity: 1 })], { timeout: 50 }), 0, 5, 6, 60);
    expect(results(simulation)).toEqual([
      [Ending.answered, 40],
      [Ending.timedOut, 50],
      [Ending.timedOut, 50],
      [Ending.answered, 40],
    ]);
  });
});

describe('faults', () => {
  const [before, within, after] = [50, 150, 250];
  const during = (fault: Fault) => played(scenarioOf([constant(10, { faults: [fault] })]), before, within, after);
  const window = { from: 100, until: 200 };

  it.each<[Fault, [Ending, number]]>([
    [{ kind: 'fail', after: 3, ...window }, [Ending.failed, 3]],
    [{ kind: 'refuse', ...window }, [Ending.refused, 1]],
    [{ kind: 'hang', ...window }, [Ending.timedOut, 1000]],
    [{ kind: 'slow', factor: 4, ...window }, [Ending.answered, 40]],
  ])('%o concerns what comes in meanwhile and nothing else', (fault, expected) => {
    expect(results(during(fault))).toEqual([[Ending.answered, 10], expected, [Ending.answered, 10]]);
  });

  it('a restart loses what was being worked on and what waited, and refuses the rest', () => {
    const restart: Fault = { kind: 'restart', at: 100, down: 90 };
    const backend = constant(20, { capacity: 1, faults: [restart] });
    const simulation = played(scenarioOf([backend]), 75, 90, 95, 150, 300);
    expect(results(simulation)).toEqual([
      [Ending.answered, 20],
      [Ending.reset, 10],
      [Ending.reset, 5],
      [Ending.refused, 1],
      [Ending.answered, 20],
    ]);
  });

  it('health checks see it after a while: errors first, then no candidate, then one again', () => {
    const backend = constant(1, { faults: [{ kind: 'restart', at: 100, down: 300 }] });
    const simulation = played(scenarioOf([backend]), 50, 150, 250, 420, 460);
    const { answered, refused, nobody } = Ending;
    expect([...simulation.records.ending]).toEqual([answered, refused, nobody, nobody, answered]);
    expect([...simulation.records.backend]).toEqual([0, 0, -1, -1, 0]);
  });
});

describe('a strategy', () => {
  it('hears of every backend that is taken, then of what came of it, in order of time', () => {
    const heard: string[] = [];
    const describe = (outcome: Outcome): string => `${outcome.kind} ${outcome.status} after ${outcome.duration}`;
    const strategy: Strategy = {
      pick: (candidates) => candidates[0] as Backend,
      onAcquire: ({ active }) => heard.push(`acquire, now ${active}`),
      onRelease: ({ active }, outcome) => heard.push(`${describe(outcome)}, now ${active}`),
    };
    const scenario = scenarioOf([constant(10, { faults: [{ kind: 'fail', from: 20, until: 30, after: 1 }] })]);
    simulationOf(scenario, strategy, workloadAt(0, 5, 25)).run();
    expect(heard).toEqual([
      'acquire, now 1',
      'acquire, now 2',
      'answered 200 after 10, now 1',
      'answered 200 after 10, now 0',
      'acquire, now 1',
      'answered 500 after 1, now 0',
    ]);
  });

  it('gets the same list until membership changes, and a right key', () => {
    const lists = new Set<readonly Backend[]>();
    const keys = new Set<string>();
    const strategy: Strategy = {
      pick: (candidates, { key }) => {
        lists.add(candidates);
        keys.add(key);
        return candidates[0] as Backend;
      },
    };
    const faults: Fault[] = [{ kind: 'restart', at: 200, down: 300 }];
    simulationOf(scenarioOf([constant(1), constant(1, { id: 'b', faults })]), strategy).run();
    expect([...lists].map((list) => list.length)).toEqual([2, 1, 2]);
    expect(keys.size).toBe(100);
  });

  it('that picks a stranger is found out', () => {
    const stranger: Strategy = { pick: (candidates) => ({ ...(candidates[0] as Backend) }) };
    expect(() => simulationOf(scenarioOf([constant(1)]), stranger).run()).toThrow(/not one of its candidates/);
  });
});
