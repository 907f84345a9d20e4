import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Peer } from '../support/peer.js';
import { type Request, requestText } from './messages.js';
import { type Mutation, mutated, type Pace, pieces } from './mutations.js';
import { type Answers, answersIn, Malformed } from './wire.js';

/** What one client sends over its connection, and how it leaves. */
export interface Script {
  readonly requests: readonly Request[];
  /** Of each request; none for one that stays as it is. */
  readonly mutations: readonly (readonly Mutation[])[];
  /** Only so much is sent, in 1/4096. */
  readonly cut: number | undefined;
  readonly pace: Pace;
  readonly end: 'wait' | 'fin' | 'reset';
}

export interface Seen {
  readonly text: string;
  readonly answers: Answers;
  readonly violations: readonly string[];
}

/** No client waits longer: all timeouts are far below, and what comes later hangs. */
export const HANG = 10_000;

/** Requests that are sent exactly as a well-behaved client would. */
export function isIntact({ mutations, cut }: Script): boolean {
  return cut === undefined && mutations.every((list) => list.length === 0);
}

export function scriptText({ requests, mutations, cut }: Script, marks: readonly string[]): string {
  const text = requests.map((request, i) => mutated(requestText(request, marks[i] ?? ''), mutations[i] ?? [])).join('');
  return cut === undefined ? text : text.slice(0, Math.floor((cut * text.length) / 4096));
}

async function connected(port: number): Promise<Peer> {
  const socket = connect({ port, host: '127.0.0.1' });
  const peer = new Peer(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return peer;
}

async function send(peer: Peer, text: string, { pace, end }: Script): Promise<void> {
  for (const piece of pieces(text, pace)) {
    if (peer.socket.destroyed) return;
    peer.write(piece);
    if (pace.cuts.length > 0) await sleep(pace.pause);
  }
  if (end === 'fin') peer.socket.end();
  if (end !== 'reset') return;
  await sleep(pace.pause);
  peer.socket.resetAndDestroy();
}

/** Runs one client to its end: it has all its answers, or its connection is closed. */
export async function play(port: number, script: Script, marks: readonly string[]): Promise<Seen> {
  const violations: string[] = [];
  const methods = script.requests.map(({ method }) => method);
  const peer = await connected(port);
  const read = (closed?: 'clean' | 'reset'): Answers => answersIn(peer.text, methods, closed);
  const served = (): boolean => {
    try {
      const { list, switched } = read();
      return list.length >= methods.length && list.every(({ whole }) => whole) && !switched;
    } catch {
      return false;
    }
  };
  const all = peer.when(served, 'all answers').catch(() => {});
  let hung: NodeJS.Timeout | undefined;
  const hang = new Promise<void>((resolve) => {
    hung = setTimeout(() => {
      violations.push(`a client still waits after ${HANG} ms: ${JSON.stringify(peer.text.slice(0, 3000))}`);
      resolve();
    }, HANG);
  });
  await Promise.race([send(peer, scriptText(script, marks), script).then(() => all), hang]);
  clearTimeout(hung);
  // What comes behind the last answer, comes now.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  const left = peer.socket.destroyed;
  peer.socket.destroy();
  const { clean } = await peer.closed;
  try {
    return { text: peer.text, answers: read(left ? (clean ? 'clean' : 'reset') : undefined), violations };
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    violations.push(`a client got: ${thrown.message} in ${JSON.stringify(peer.text.slice(0, 3000))}`);
    return { text: peer.text, answers: { list: [], rest: '', switched: false }, violations };
  }
}
