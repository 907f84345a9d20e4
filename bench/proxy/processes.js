/** Child processes, each on a core of its own where `taskset` exists. None outlives this process. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** @import { ChildProcess } from 'node:child_process' */

const START_MS = 15_000;
const STOP_MS = 5_000;
const ANSWER_MS = 60_000;

/** @type {Set<ChildProcess>} */
const running = new Set();

function canPin() {
  return (
    availableParallelism() > 1 && [0, 1].every((core) => spawnSync('taskset', ['-c', `${core}`, 'true']).status === 0)
  );
}

/** Whether processes can be kept on one core each; without it they share all of them and figures vary more. */
export const pinned = canPin();

/**
 * @param {number} core
 * @param {readonly string[]} command
 * @param {import('node:child_process').SpawnOptions} options
 */
function start(core, command, options) {
  const [file = '', ...args] = pinned ? ['taskset', '-c', `${core}`, ...command] : command;
  const child = spawn(file, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/**
 * Starts a script of ours and waits for what it has to say first.
 *
 * @param {number} core
 * @param {readonly string[]} args script and arguments, flags of node in front
 */
export async function startNode(core, args) {
  const child = start(core, [process.execPath, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const exited = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${args.at(-1)} ended with ${signal ?? code}`);
  });
  exited.catch(() => {});
  const [message] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(START_MS) }), exited]);
  return { child, message };
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((done) => server.close(done));
  return port;
}

function accepts(/** @type {number} */ port) {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}

/**
 * Starts a program that listens on a port, and waits until it does.
 *
 * @param {number} core
 * @param {readonly string[]} command
 * @param {number} port
 */
export async function startProgram(core, command, port) {
  const child = start(core, command, { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const since = performance.now(); !(await accepts(port)); await sleep(20)) {
    if (child.exitCode !== null || performance.now() - since > START_MS) throw new Error(`${command[0]} did not start`);
  }
  return child;
}

/**
 * Asks a script of ours and waits for its answer.
 *
 * @param {ChildProcess} child
 * @param {any} question
 */
export async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
  return answer;
}

/**
 * Runs a program to its end and returns what it printed.
 *
 * @param {number} core
 * @param {readonly string[]} command
 * @param {number} timeout in milliseconds
 */
export async function output(core, command, timeout) {
  const child = start(core, command, { stdio: ['ignore', 'pipe', 'inherit'], timeout });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command[0]} ended with ${signal ?? code}: ${text}`);
  return text;
}

/** Asks them to go, as scripts of ours do when they are no longer spoken to, and then makes sure that they have. */
export async function stop(/** @type {Iterable<ChildProcess>} */ children = running) {
  const gone = [...children].map(async (child) => {
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) }).catch(() => child.kill('SIGKILL'));
    if (child.connected) child.disconnect();
    else child.kill();
    await exit;
  });
  await Promise.all(gone);
}

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => process.exit(1));
