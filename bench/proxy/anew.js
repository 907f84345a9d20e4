/** Rounds in which each side is a process of its own that has just begun. */
import { stop } from './processes.js';
import { check, startSides } from './sides.js';

/** @import { Settings } from './rounds.js' */
/** @import { Backends, Group, Side } from './sides.js' */

/**
 * A process that is measured for long is so in the one way in which V8 compiled it and its memory came to lie, which can make
 * a fifth of its speed; so each round has new ones. Another side begins in each.
 *
 * @template Result
 * @param {object} what
 * @param {Group} what.group
 * @param {Backends} what.backends
 * @param {(name: string) => string[]} [what.flags] of node for a side
 * @param {(side: Side) => Promise<unknown>} what.warmUp
 * @param {(side: Side) => Promise<Result>} what.measure
 * @param {(result: Result) => string} what.say
 * @param {Settings} settings
 * @returns {Promise<{ sides: Side[], results: Map<string, Result[]> }>} results by the names of sides
 */
export async function roundsAnew({ group, backends, flags, warmUp, measure, say }, { rounds, only }) {
  /** @type {Map<string, Result[]>} */
  const results = new Map();
  /** @type {Side[]} */
  let sides = [];
  for (let round = 0; round < rounds; round++) {
    sides = await startSides(group, backends.urls, only, flags);
    if (round === 0) await check(sides, backends.urls);
    for (const side of sides) await warmUp(side);
    const first = round % sides.length;
    for (const side of [...sides.slice(first), ...sides.slice(0, first)]) {
      const result = await measure(side);
      results.set(side.name, [...(results.get(side.name) ?? []), result]);
      process.stderr.write(`round ${round + 1} of ${rounds}: ${side.label}: ${say(result)}\n`);
    }
    await stop(sides.map(({ child }) => child));
  }
  return { sides, results };
}
