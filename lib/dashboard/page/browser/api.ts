import type { Action, History, Question, Refused } from '../protocol.js';

async function post(path: string, value: object): Promise<object> {
  try {
    const body = JSON.stringify(value);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(path, { method: 'POST', headers, body });
    return await response.json();
  } catch {
    const refused: Refused = { error: 'the server could not be reached' };
    return refused;
  }
}

/** What the page asks of the server besides its stream. Paths are relative: nobody here knows where it is mounted. */
export const api = {
  act: (action: Action): Promise<object> => post('actions', action),
  explain: (question: Question): Promise<object> => post('explain', question),
  /** The last minutes of the balancer as a whole, and of these backends. */
  async history(balancer: number, ids: readonly string[]): Promise<readonly History[]> {
    const query = new URLSearchParams([['balancer', `${balancer}`], ...ids.map((id) => ['id', id])]);
    try {
      const response = await fetch(`history.json?${query}`);
      return response.ok ? await response.json() : [];
    } catch {
      return [];
    }
  },
};
