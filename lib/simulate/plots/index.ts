import type { Report } from '../report.js';
import type { Figure } from './figure.js';
import { latencyPlot } from './latency.js';
import { inFlightOverTime, latencyOverTime } from './over-time.js';
import { sharePlot } from './share.js';

/** Every plot of a scenario, by the name its file gets. */
export const plots = {
  latency: latencyPlot,
  share: sharePlot,
  'latency-over-time': latencyOverTime,
  'in-flight': inFlightOverTime,
} satisfies Record<string, (reports: readonly Report[], scenario: string) => Figure>;

export type PlotName = keyof typeof plots;
