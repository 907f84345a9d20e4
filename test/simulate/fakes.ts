import type { BackendPlan, Scenario } from '../../lib/simulate/plan.js';
import type { Report, Slice } from '../../lib/simulate/report.js';
import { Simulation } from '../../lib/simulate/simulation.js';
import { generate, type Workload } from '../../lib/simulate/workload.js';
import { type StrategySpec, strategySchema } from '../../lib/strategies/spec.js';
import { seededRandom } from '../support/random.js';

/** A scenario of these backends, everything else plain. */
export function scenarioOf(backends: readonly BackendPlan[], different: Partial<Scenario> = {}): Scenario {
  return {
    title: 'A test',
    summary: 'Nothing happens.',
    requests: 1000,
    arrivals: { kind: 'constant', perSecond: 1000 },
    keys: { kind: 'uniform', count: 100 },
    timeout: 1000,
    detection: { fall: 100, rise: 50 },
    backends,
    ...different,
  };
}

/** A workload that arrives when told to, all of luck 0.5. */
export function workloadAt(...at: readonly number[]): Workload {
  return {
    at: Float64Array.from(at),
    key: new Uint32Array(at.length),
    luck: new Float64Array(at.length).fill(0.5),
    keys: ['10.0.0.0'],
  };
}

export function simulationOf(
  scenario: Scenario,
  strategy: StrategySpec = 'round-robin',
  workload: Workload = generate(scenario, scenario.requests, 1),
): Simulation {
  const chosen = strategySchema.parse(strategy);
  const create = chosen.create.bind(chosen);
  return new Simulation({ scenario, workload, random: seededRandom(1), create });
}

/** A report as plots and tables get it. */
export function reportWith(strategy: string, different: Partial<Report> = {}): Report {
  const slice = (from: number): Slice => {
    return { from, p50: 20, p95: 45, p99: 64, errors: 0, inFlight: 30, busiest: 9 };
  };
  return {
    strategy,
    requests: 1000,
    duration: 4000,
    mean: 22,
    ...{ p50: 20, p95: 45, p99: 64, errors: 0, inFlight: 42, busiest: 12 },
    backends: ['a', 'b'].map((id) => ({ id, weight: 1, share: 0.5, relative: 1, peak: 12 })),
    keyMoves: undefined,
    slices: [0, 1000, 2000, 3000].map(slice),
    ...different,
  };
}

/** Throws where the tags of markup do not match, or where text holds what only markup may. @returns the names of its elements */
export function elementsOf(markup: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const VOID = new Set(['meta', '!doctype']);
  const rest = markup.replaceAll(
    /<(\/?)([!a-z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/gi,
    (_, close, name, _list, own) => {
      if (close === '/') {
        const last = open.pop();
        if (last !== name) throw new Error(`</${name}> closes <${last}>`);
      } else {
        names.push(name);
        if (own === '' && !VOID.has(name.toLowerCase())) open.push(name);
      }
      return '';
    },
  );
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
  if (/[<>]/.test(rest)) throw new Error(`stray bracket near ${/.{0,40}[<>].{0,40}/.exec(rest)?.[0]}`);
  return names;
}
