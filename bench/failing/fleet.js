/** Three backends in processes of their own, to be killed, stopped and restarted at their own ports. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @import { ChildProcess } from 'node:child_process' */

const program = fileURLToPath(new URL('backend.js', import.meta.url));

class Member {
  /**
   * An address of its own where there is one for the asking: a port of 127.0.0.1 whose owner has died is anybody's, also
   * that of a connection that is made to it.
   */
  host;
  port = 0;
  #ledger;
  /** @type {ChildProcess | undefined} */
  #child;

  constructor(/** @type {number} */ number, /** @type {string} */ ledger) {
    this.host = process.platform === 'linux' ? `127.0.0.${2 + number}` : '127.0.0.1';
    this.#ledger = ledger;
  }

  async start() {
    const child = fork(program, [this.host, String(this.port), this.#ledger]);
    this.#child = child;
    [this.port] = await once(child, 'message', { signal: AbortSignal.timeout(15_000) });
  }

  /** Sends a signal. */
  signal(/** @type {NodeJS.Signals} */ name) {
    this.#child?.kill(name);
  }

  /** Ends it with this signal, and waits until it is gone. */
  async end(/** @type {NodeJS.Signals} */ name) {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(name);
    await gone;
  }
}

export class Fleet {
  #folder = mkdtempSync(path.join(tmpdir(), 'fairlead-'));
  #ledger = path.join(this.#folder, 'posts');
  members = [0, 1, 2].map((number) => new Member(number, this.#ledger));

  async start() {
    writeFileSync(this.#ledger, '');
    await Promise.all(this.members.map((member) => member.start()));
    return this.members.map(({ host, port }) => `http://${host}:${port}`);
  }

  /** How often each POST was carried out. @returns {Map<string, number>} */
  posts() {
    const counts = new Map();
    for (const id of readFileSync(this.#ledger, 'utf8').split('\n')) {
      if (id !== '') counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  async stop() {
    await Promise.all(this.members.map((member) => member.end('SIGKILL')));
    rmSync(this.#folder, { recursive: true });
  }
}
