import type { Backend } from '../core/backend.js';
import type { PickContext } from '../core/strategy.js';
import { BackendModel } from './backend-model.js';
import type { Contender } from './contenders.js';
import { Contexts } from './contexts.js';
import { linksFor } from './fifo.js';
import { goesByKey, KeyWatch } from './key-moves.js';
import type { Scenario } from './plan.js';
import { type Report, reportOf } from './report.js';
import { seededRandom } from './seeded.js';
import { Simulation } from './simulation.js';
import { messageOf, UsageError } from './usage-error.js';
import { VirtualClock } from './virtual-clock.js';
import type { Workload } from './workload.js';

/** How many clients are looked at to see whose keys move. */
const WATCHED = 2000;

/**
 * Tries one strategy in a scenario, with these requests.
 *
 * @throws Error that names strategy and scenario, whatever the strategy threw
 */
export function tryOut(contender: Contender, scenario: Scenario, workload: Workload, seed: number): Report {
  try {
    return played(contender, scenario, workload, seed);
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new Error(`${contender.name} in '${scenario.title}': ${messageOf(thrown)}`, { cause: thrown });
  }
}

function played(contender: Contender, scenario: Scenario, workload: Workload, seed: number): Report {
  const watch = keyWatch(contender, scenario, workload);
  const simulation = new Simulation({
    scenario,
    workload,
    random: seededRandom(seed, 'strategy'),
    create: (environment) => contender.create(environment),
    onMembership: (before, after) => watch?.membership(before, after),
  });
  simulation.run();
  return reportOf(contender.name, simulation, workload, watch?.result);
}

function keyWatch(contender: Contender, scenario: Scenario, workload: Workload): KeyWatch | undefined {
  if (!contender.fresh) return undefined;
  const contexts = watchedContexts(workload);
  const make = (seed: number) => {
    const clock = new VirtualClock({ push: () => 0 });
    return contender.create({ clock, random: seededRandom(seed, 'probe') });
  };
  const links = linksFor(0);
  const candidates: Backend[] = scenario.backends.map((plan, i) => new BackendModel(plan, i, links).record);
  return goesByKey(make, candidates, contexts.slice(0, 128)) ? new KeyWatch(make, contexts) : undefined;
}

function watchedContexts(workload: Workload): PickContext[] {
  const contexts = new Contexts(workload.keys.slice(0, WATCHED));
  return Array.from({ length: contexts.size }, (_, i) => contexts.of(i));
}
