/** Three backends in processes of their own, one of which is killed now and then and comes back at its old port. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** @import { ChildProcess } from 'node:child_process' */

const program = fileURLToPath(new URL('backend.js', import.meta.url));

/** A backend that can die and come back. */
class Member {
  port = 0;
  /** @type {ChildProcess | undefined} */
  #child;

  async start(/** @type {number} */ seed) {
    const child = fork(program, [String(this.port), String(seed)]);
    this.#child = child;
    [this.port] = await once(child, 'message', { signal: AbortSignal.timeout(15_000) });
  }

  async kill() {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

export class Fleet {
  #members = [new Member(), new Member(), new Member()];
  #died = Number.NEGATIVE_INFINITY;
  kills = 0;

  /** Whether one was killed at this moment or later, on the clock of `performance`. */
  diedSince(/** @type {number} */ moment) {
    return this.#died >= moment;
  }

  async start() {
    await Promise.all(this.#members.map((member, i) => member.start(i + 1)));
    return this.#members.map(({ port }) => `http://127.0.0.1:${port}`);
  }

  /** Kills one after the other, never two at once, until told to stop. @param {AbortSignal} signal */
  async churn(/** @type {() => number} */ random, signal) {
    while (!signal.aborted) {
      await sleep(1000 + random() * 2000, undefined, { signal }).catch(() => {});
      const member = this.#members[Math.floor(random() * this.#members.length)];
      if (signal.aborted || member === undefined) return;
      this.#died = performance.now();
      this.kills++;
      await member.kill();
      this.#died = performance.now();
      await sleep(random() * 800);
      await member.start(this.kills + 3);
    }
  }

  async stop() {
    await Promise.all(this.#members.map((member) => member.kill()));
  }
}
