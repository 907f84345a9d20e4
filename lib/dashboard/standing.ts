import type { BackendStats } from '../observe/stats.js';
import type { Standing } from './page/protocol.js';
import { LEFT_OUT } from './page/words.js';

/** What has been heard of a backend besides its statistics. */
export interface Heard {
  /** Why its checks have taken it out. */
  readonly checks?: string | undefined;
  /** Why its breaker has, or has it on trial. */
  readonly breaker?: string | undefined;
  /** Milliseconds until its breaker lets a request through. */
  readonly openFor?: number | undefined;
  /** Milliseconds until its drain is cut off. */
  readonly drainFor?: number | undefined;
  /** Its latest failure, if that was a moment ago. */
  readonly failure?: string | undefined;
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

const left = (ms: number | undefined): { left?: number } => (ms === undefined ? {} : { left: Math.max(0, ms) });

function inFlight({ active, upgrades }: BackendStats): string {
  const requests = active - upgrades;
  const parts = [requests > 0 && count(requests, 'request'), upgrades > 0 && count(upgrades, 'tunnel')];
  return `${parts.filter(Boolean).join(' and ')} in flight`;
}

function draining(backend: BackendStats, heard: Heard): Standing {
  const { active } = backend;
  if (active === 0 && heard.drainFor === undefined) {
    return { status: 'drained', level: 'off', word: 'Drained', why: 'takes no new clients; nothing in flight' };
  }
  const why = `takes no new clients; ${active > 0 ? inFlight(backend) : 'those kept on it may come back'}`;
  return { status: 'draining', level: 'warn', word: 'Draining', why, ...left(heard.drainFor) };
}

/** What keeps a backend from taking requests, the gravest first; undefined if nothing does. */
function hindered(backend: BackendStats, heard: Heard): Standing | undefined {
  const { state, health, breaker, steered, lastCheck } = backend;
  if (state === 'maintenance') {
    return { status: 'maintenance', level: 'off', word: 'Maintenance', why: 'taken out by its operator' };
  }
  if (health === 'down') {
    return { status: 'down', level: 'bad', word: 'Down', why: heard.checks ?? lastCheck?.error ?? 'its checks fail' };
  }
  if (breaker === 'open') {
    const why = heard.breaker ?? 'its requests failed';
    return { status: 'ejected', level: 'bad', word: 'Breaker open', why, ...left(heard.openFor) };
  }
  if (state === 'drain') return draining(backend, heard);
  if (steered !== undefined && steered.state !== 'ready') {
    const what = `asked for ${steered.state} itself`;
    return { status: 'draining', level: 'warn', word: 'Asked out', why: what };
  }
  return undefined;
}

/** What keeps one that is well from getting new clients: its limits, or others whose turn it is. */
function outranked({ leftOut }: BackendStats): Standing | undefined {
  if (leftOut === 'full' || leftOut === 'rate') {
    return { status: 'full', level: 'off', word: 'Full', why: LEFT_OUT[leftOut] };
  }
  if (leftOut === 'tier' || leftOut === 'zone') {
    return { status: 'standby', level: 'off', word: 'Standby', why: LEFT_OUT[leftOut] };
  }
  return undefined;
}

/** What is wrong with one that takes clients all the same; undefined if nothing is. */
function ailing({ breaker, leftOut, lastCheck }: BackendStats, heard: Heard): Standing | undefined {
  if (breaker === 'half-open') {
    return { status: 'trial', level: 'warn', word: 'On trial', why: heard.breaker ?? 'one request decides' };
  }
  if (leftOut === 'unknown') return { status: 'waiting', level: 'warn', word: 'Waiting', why: LEFT_OUT.unknown };
  const failing = (why: string): Standing => ({ status: 'failing', level: 'warn', word: 'Failing', why });
  if (heard.failure !== undefined) return failing(heard.failure);
  if (leftOut === 'unreachable') return failing(LEFT_OUT.unreachable);
  return lastCheck?.ok === false ? failing(`its last check: ${lastCheck.error}`) : undefined;
}

/** How a backend is, for people who look for what is wrong. */
export function standingOf(backend: BackendStats, heard: Heard): Standing {
  const standing = hindered(backend, heard) ?? ailing(backend, heard) ?? outranked(backend);
  if (standing !== undefined) return standing;
  const part = Math.round((100 * backend.effectiveWeight) / backend.weight);
  return { status: 'up', level: 'good', word: 'Up', why: part < 100 ? `at ${part} % of its weight` : '' };
}
