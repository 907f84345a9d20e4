import { describe, expect, it } from 'vitest';
import { scenarios } from '../../lib/simulate/scenarios/index.js';
import { timelineOf } from '../../lib/simulate/timeline.js';
import { generate } from '../../lib/simulate/workload.js';
import { simulationOf } from '../simulate/fakes.js';

/** What every scenario of the registry promises. */
describe.each(Object.entries(scenarios))('%s', (name, scenario) => {
  it('has a name for the command line, words for people, and backends with names of their own', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(scenario.title).toMatch(/^[A-Z][^.]*$/);
    expect(scenario.summary).toMatch(/\.$/);
    expect(new Set(scenario.backends.map(({ id }) => id)).size).toBe(scenario.backends.length);
  });

  it('shows what it is about within its requests: every fault but those of a flapping backend begins before the last', () => {
    const { at } = generate(scenario, scenario.requests, 1);
    const last = at.at(-1) ?? 0;
    const changes = timelineOf(scenario.backends, scenario.detection);
    if (changes.length > 0) expect(changes[0]?.at).toBeLessThan(last / 2);
    if (name !== 'flapping') for (const change of changes) expect(change.at).toBeLessThan(last);
  });

  it('can be played', () => {
    const simulation = simulationOf({ ...scenario, requests: 3000 });
    simulation.run();
    expect(simulation.ended).toBe(3000);
  });
});
