/** The load: wrk where it is installed, else autocannon. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { output } from './processes.js';

/**
 * @typedef {object} Result
 * @property {number} requests
 * @property {number} rps requests per second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} bad answers other than 2xx, and connections that failed
 */

const UNITS = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** What `wrk --latency` prints. */
function readWrk(/** @type {string} */ text) {
  const number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const percentile = (/** @type {number} */ percent) => {
    const [, value, unit] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)\\s*$`, 'm').exec(text) ?? [];
    return Number(value) * UNITS[/** @type {keyof typeof UNITS} */ (unit)];
  };
  const socketErrors = /Socket errors: (.*)/.exec(text)?.[1]?.match(/\d+/g) ?? [];
  const statuses = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0;
  const bad = [statuses, ...socketErrors].reduce((/** @type {number} */ sum, count) => sum + Number(count), 0);
  const requests = number(/(\d+) requests in/);
  return { requests, rps: number(/Requests\/sec:\s+([\d.]+)/), p50: percentile(50), p99: percentile(99), bad };
}

/** What `autocannon --json` prints; its latencies are whole milliseconds. */
function readAutocannon(/** @type {string} */ text) {
  const { requests, latency, errors, non2xx } = JSON.parse(text);
  return { requests: requests.total, rps: requests.average, p50: latency.p50, p99: latency.p99, bad: errors + non2xx };
}

const autocannon = fileURLToPath(import.meta.resolve('autocannon'));

/** Needs wrk: sends `upload.lua`'s megabyte with each request. */
export const UPLOAD = ['--script', fileURLToPath(new URL('upload.lua', import.meta.url))];

const generators = {
  wrk: {
    command: (/** @type {number} */ connections, /** @type {number} */ seconds) => [
      ...['wrk', '--threads', '1', '--connections', `${connections}`, '--duration', `${seconds}`, '--latency'],
    ],
    read: readWrk,
  },
  autocannon: {
    command: (/** @type {number} */ connections, /** @type {number} */ seconds) => [
      ...[process.execPath, autocannon, '--json', '-c', `${connections}`, '-d', `${seconds}`],
    ],
    read: readAutocannon,
  },
};

/** Name of what makes the load. */
export const generator = spawnSync('wrk', ['--version']).error === undefined ? 'wrk' : 'autocannon';

/**
 * @param {string} url
 * @param {number} connections
 * @param {number} seconds
 * @param {readonly string[]} flags for the generator
 * @returns {Promise<Result>}
 */
export async function load(url, connections, seconds, flags = []) {
  const { command, read } = generators[generator];
  const text = await output(1, [...command(connections, seconds), ...flags, url], seconds * 1000 + 15_000);
  const result = read(text);
  if (!Object.values(result).every(Number.isFinite))
    throw new Error(`${generator} printed something else than figures:\n${text}`);
  return result;
}
