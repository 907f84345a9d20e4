/** Connections that ask one thing after the other, GETs and POSTs in turn, and count what comes of it. */
import { Agent, request } from 'node:http';

/** @typedef {{ asked: number, failed: number, why: Record<string, number> }} Tally */

/** One request; resolves with its status, or with why there was none. */
function ask(/** @type {number} */ port, /** @type {Agent} */ agent, /** @type {string | undefined} */ id) {
  return new Promise((resolve) => {
    const method = id === undefined ? 'GET' : 'POST';
    const asked = request({ host: '127.0.0.1', port, method, path: '/', agent }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
      answer.on('error', (error) => resolve(error.message));
    });
    asked.on('error', (error) => resolve(error.message));
    asked.end(id);
  });
}

/**
 * @param {number} port
 * @param {number} connections
 * @param {AbortSignal} signal ends it
 */
export async function traffic(port, connections, signal) {
  /** @type {Record<'GET' | 'POST', Tally>} */
  const tallies = { GET: { asked: 0, failed: 0, why: {} }, POST: { asked: 0, failed: 0, why: {} } };
  /** POSTs that were answered with 200. @type {Set<string>} */
  const done = new Set();
  const note = (/** @type {string | undefined} */ id, /** @type {number | string} */ came) => {
    const tally = tallies[id === undefined ? 'GET' : 'POST'];
    tally.asked++;
    if (came !== 200) {
      tally.failed++;
      tally.why[came] = (tally.why[came] ?? 0) + 1;
    } else if (id !== undefined) done.add(id);
  };
  const lane = async (/** @type {number} */ name) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; !signal.aborted; i++) {
      const id = i % 4 === 0 ? `${name}-${i}` : undefined;
      note(id, await ask(port, agent, id));
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: connections }, (_, name) => lane(name)));
  return { ...tallies, done };
}
