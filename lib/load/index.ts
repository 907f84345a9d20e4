import { active } from './active.js';
import type { LoadModule } from './metric.js';
import { peakEwma } from './peak-ewma.js';

/** Every load metric by name. One new file, one new line here. */
export const loadMetrics = {
  active,
  'peak-ewma': peakEwma,
} satisfies Record<string, LoadModule>;

export type LoadName = keyof typeof loadMetrics;
