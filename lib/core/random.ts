import { randomUUID } from 'node:crypto';

/** A number in [0, 1). Seed it in tests. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

/** An id nobody else has. */
export const systemId: () => string = () => randomUUID();
