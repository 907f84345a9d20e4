import type { BackendStats } from '../observe/stats.js';

const LONGEST = 200;

/** A backend's own words may be of any length and kind. */
function short(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** `3 d 4 h`, `12 min`, `8 s`: the two units that tell. */
export function span(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([n]) => n > 0);
  if (first === -1) return '0 s';
  const parts = units.slice(first, first + 2).filter(([n]) => n > 0);
  return parts.map(([n, unit]) => `${n} ${unit}`).join(' ');
}

/** `340 B`, `12 KiB`, `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function memoryText(memory: unknown): string {
  const rss: unknown = typeof memory === 'object' && memory !== null ? Reflect.get(memory, 'rss') : memory;
  return isNumber(rss) ? bytesText(rss) : short(memory);
}

/** `database ok, queue failed`, of the report that healthEndpoint() makes. */
function checksText(checks: unknown): string {
  if (typeof checks !== 'object' || checks === null) return short(checks);
  const parts = Object.entries(checks).map(([name, check]: [string, unknown]) => {
    const ok: unknown = typeof check === 'object' && check !== null ? Reflect.get(check, 'ok') : undefined;
    return typeof ok === 'boolean' ? `${name} ${ok ? 'ok' : 'failed'}` : undefined;
  });
  return short(parts.includes(undefined) ? checks : parts.join(', '));
}

const WORDS: Readonly<Record<string, (value: unknown) => string>> = {
  uptime: (value) => (isNumber(value) ? span(value) : short(value)),
  memory: memoryText,
  checks: checksText,
};

/** What a backend says of itself: nothing in it is ours to trust. */
function reported(report: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(report)
    .slice(0, 12)
    .map(([name, value]) => `${short(name)}: ${Object.hasOwn(WORDS, name) ? WORDS[name]?.(value) : short(value)}`);
}

/** What else there is to know of a backend, a line each. */
export function notesOf({
  lastCheck,
  report = {},
  ejections,
  statuses,
  bytes,
  connections,
  retried,
}: BackendStats): string[] {
  const answers = Object.entries(statuses).flatMap(([name, n]) => (n === 0 ? [] : [`${n} x ${name}`]));
  const lines = [
    answers.length > 0 && `answers: ${answers.join(', ')}`,
    retried > 0 && `${retried} requests tried again elsewhere`,
    `${bytesText(bytes.in)} sent there, ${bytesText(bytes.out)} from there`,
    connections &&
      `connections: ${connections.open} open, ${connections.idle} idle; ${connections.reused} requests on used ones`,
    lastCheck && `last check: ${lastCheck.ok ? 'passed' : 'failed'} in ${Math.round(lastCheck.ms)} ms`,
    ejections > 0 && `breaker opened ${ejections} x`,
  ];
  return [...lines.filter((line) => typeof line === 'string'), ...reported(report)];
}
