import type { BackendPlan, Scenario } from '../plan.js';
import { windows } from '../timeline.js';

/** Most answers in about 20 ms, one of 100 in 64 ms or more: what a web application's times look like. */
const web = { kind: 'lognormal', median: 20, sigma: 0.5 } as const;

/** What most scenarios have in common; each says how it differs. */
const usual = {
  requests: 60_000,
  arrivals: { kind: 'poisson', perSecond: 1000 },
  keys: { kind: 'zipf', count: 10_000, exponent: 0.8 },
  timeout: 2000,
  detection: { fall: 2000, rise: 2000 },
} as const;

/** Backends a, b, c ..., each with 8 places, but for what is said of each. */
function pool(count: number, different: (i: number) => Partial<BackendPlan> = () => ({})): BackendPlan[] {
  return Array.from({ length: count }, (_, i) => {
    return { id: String.fromCharCode(97 + i), latency: web, capacity: 8, ...different(i) };
  });
}

/** Every scenario by name. A new one is one entry here. */
export const scenarios = {
  equal: {
    ...usual,
    title: 'Equal backends',
    summary:
      'Five backends alike, 8 requests at a time each, busy to 79 %. 10,000 clients, some more eager than others.',
    arrivals: { kind: 'poisson', perSecond: 1400 },
    requests: 84_000,
    backends: pool(5),
  },
  'one-slow': {
    ...usual,
    title: 'One slow backend',
    summary: 'Five backends; e takes three times as long as the others for everything, all the time.',
    arrivals: { kind: 'poisson', perSecond: 800 },
    backends: pool(5, (i) => (i === 4 ? { latency: { ...web, median: 60 } } : {})),
  },
  'failing-fast': {
    ...usual,
    title: 'One failing fast',
    summary:
      'Five backends; from second 10 to second 40 every request to e ends in a 500 after 1 ms. No health check sees it: it looks like the fastest of all.',
    arrivals: { kind: 'poisson', perSecond: 800 },
    backends: pool(5, (i) => (i === 4 ? { faults: [{ kind: 'fail', from: 10_000, until: 40_000, after: 1 }] } : {})),
  },
  flapping: {
    ...usual,
    title: 'One flapping',
    summary:
      'Five backends; every 6 seconds e refuses connections for 3. Health checks take it out after a second and put it back half a second after it is well again.',
    arrivals: { kind: 'poisson', perSecond: 800 },
    detection: { fall: 1000, rise: 500 },
    backends: pool(5, (i) =>
      i === 4
        ? { faults: windows(3000, 3000, 6000, 600_000).map((window) => ({ kind: 'refuse', noticed: true, ...window })) }
        : {},
    ),
  },
  heterogeneous: {
    ...usual,
    title: 'Backends of different size',
    summary: 'Weights 4, 2, 2, 1, 1, and as many places: 16, 8, 8, 4, 4 requests at a time. Busy to 68 %.',
    arrivals: { kind: 'poisson', perSecond: 1200 },
    backends: pool(5, (i) => {
      const weight = [4, 2, 2, 1, 1][i] ?? 1;
      return { weight, capacity: 4 * weight };
    }),
  },
  'hot-key': {
    ...usual,
    title: 'A hot key',
    summary:
      'Five backends alike; of 10,000 clients one sends 30 % of all requests. Together with its share of the others that is more than one backend can do.',
    keys: { kind: 'hot', count: 10_000, share: 0.3 },
    backends: pool(5),
  },
  'rolling-restart': {
    ...usual,
    title: 'A rolling restart',
    summary:
      'Ten backends are restarted one after the other, 2 seconds each, one every 5 seconds. Each comes back cold: three times as slow at first, warm after 5 seconds. Health checks see that one is gone after half a second.',
    arrivals: { kind: 'poisson', perSecond: 1500 },
    requests: 90_000,
    detection: { fall: 500, rise: 500 },
    backends: pool(10, (i) => ({
      faults: [{ kind: 'restart', at: 5000 + 5000 * i, down: 2000, warmUp: { factor: 3, ms: 5000 } }],
    })),
  },
  thousand: {
    ...usual,
    title: 'A thousand backends',
    summary: '1,000 backends alike, 2 requests at a time each, busy to 57 %. 100,000 clients.',
    arrivals: { kind: 'poisson', perSecond: 50_000 },
    requests: 200_000,
    keys: { kind: 'uniform', count: 100_000 },
    backends: pool(1000, (i) => ({ id: `b${i}`, capacity: 2 })),
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
