import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects garbage now. What a WeakRef was made of in this turn of the event loop stays until the next. */
export const collectGarbage: () => void = runInNewContext('gc');
