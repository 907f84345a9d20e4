/** What measurements share: turns, and the figures that come of them. */
import { median } from '../report.js';

/**
 * @typedef {object} Settings
 * @property {import('./sides.js').Group[]} groups
 * @property {readonly string[] | undefined} only
 * @property {number} rounds
 * @property {number} seconds
 * @property {number} warmup
 * @property {number} connections
 * @property {number} sockets
 * @property {string | undefined} profile
 */
/**
 * @typedef {object} Table
 * @property {readonly string[]} head
 * @property {readonly (readonly string[])[]} rows
 */
/**
 * @typedef {object} Section of a report
 * @property {string} title
 * @property {string} text
 * @property {readonly Table[]} tables
 */

/**
 * Every side in each round: what slows the machine down for a while slows down all of them.
 *
 * @template {{ label: string }} Turn
 * @template Result
 * @param {readonly Turn[]} sides
 * @param {number} rounds
 * @param {(side: Turn) => Promise<Result>} measure
 * @param {(result: Result) => string} say
 * @returns {Promise<Map<Turn, Result[]>>}
 */
export async function inTurn(sides, rounds, measure, say) {
  const results = new Map(sides.map((side) => [side, /** @type {Result[]} */ ([])]));
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      const result = await measure(side);
      results.get(side)?.push(result);
      process.stderr.write(`round ${round} of ${rounds}: ${side.label}: ${say(result)}\n`);
    }
  }
  return results;
}

/** Median, least and most of what each round's figures come to. */
export function ratios(/** @type {readonly number[]} */ values, /** @type {readonly number[]} */ base) {
  const all = values.map((value, round) => value / base[round]);
  return [median(all), Math.min(...all), Math.max(...all)].map((ratio) => ratio.toFixed(2));
}

export function sum(/** @type {readonly number[]} */ values) {
  return values.reduce((total, value) => total + value, 0);
}
