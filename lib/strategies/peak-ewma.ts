import { type Duration, durationSchema, milliseconds } from '../core/duration.js';
import { strictObject } from '../core/problems.js';
import type { StrategyModule } from '../core/strategy.js';
import { DECAY, PeakEwma } from '../load/peak-ewma.js';
import { FAILURE_COST } from '../load/sample.js';
import { Draws } from '../util/draws.js';
import { PowerOfChoices } from './p2c.js';

export interface PeakEwmaOptions {
  /** Time constant of the moving average, in milliseconds or as in '10s': what is that old counts for 37 %. Default 10 s. */
  readonly decay?: Duration | undefined;
  /** What a failure counts as at least, and a busy backend that has never answered. Default 5 s. */
  readonly penalty?: Duration | undefined;
}

/** Preset: two drawn at random, and of them the one with less peak EWMA latency x (active + 1) / weight. */
export const peakEwma: StrategyModule<PeakEwmaOptions> = {
  options: strictObject({ decay: durationSchema(1).optional(), penalty: durationSchema(0).optional() }),
  create: ({ decay = DECAY, penalty = FAILURE_COST }, { clock, random }) =>
    new PowerOfChoices(new Draws(random), new PeakEwma(clock, milliseconds(decay), milliseconds(penalty)), 2),
};
