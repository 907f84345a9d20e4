import type { Level, Row, Status } from './protocol.js';

/** What stands for a number that there is none of. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function countText(n: number): string {
  return whole.format(n);
}

/** Requests a second: small ones with a digit behind the point, lest a slow trickle looks like none. */
export function rateText(rate: number | null): string {
  if (rate === null) return NONE;
  return rate > 0 && rate < 10 ? tenths.format(rate) : whole.format(rate);
}

export function msText(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms >= 10_000) return `${tenths.format(ms / 1_000)} s`;
  return ms > 0 && ms < 10 ? tenths.format(ms) : whole.format(ms);
}

export function percentText(share: number | null): string {
  if (share === null) return NONE;
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? tenths.format(percent) : whole.format(percent)} %`;
}

/** `0:07`, `12:30`: what is left of a countdown. */
export function countdownText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const clockFace = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `14:05:09`, where the browser is. */
export function timeText(at: number): string {
  return clockFace.format(at);
}

/** A sign for each state, so that colour is never the only one. */
export const GLYPHS: Readonly<Record<Status, string>> = {
  up: '●',
  failing: '▲',
  down: '✕',
  ejected: '✕',
  trial: '◐',
  waiting: '◌',
  full: '◉',
  draining: '▼',
  drained: '○',
  maintenance: '■',
  standby: '◌',
};

/** Why a backend gets no new clients, in the words of `lb.explain` and `lb.stats()`. */
export const LEFT_OUT = {
  maintenance: 'in maintenance: takes nobody',
  drain: 'drains: takes no new clients',
  steered: 'asked to be left out itself',
  down: 'down by its checks',
  unknown: 'has yet to pass its first check',
  breaker: 'its breaker is open',
  unreachable: 'takes no connections, and others do',
  full: 'has as many requests as its limit allows',
  rate: 'has had as many requests as its rate allows',
  tier: 'a backend of a lower priority is available',
  zone: 'one of the balancer’s own zone is available',
} as const;

export const LEVEL_GLYPHS: Readonly<Record<Level, string>> = { good: '●', bad: '✕', warn: '▲', off: '■' };

/** `2 → 0.4`: a weight, and what strategies go by where that is another. */
export function weightText({ weight, effectiveWeight }: Pick<Row, 'weight' | 'effectiveWeight'>): string {
  return weight === effectiveWeight ? `${weight}` : `${weight} → ${effectiveWeight}`;
}

/** What a drain or a breaker waits for, with its time. */
export function leftText({ status, left }: Pick<Row, 'status' | 'left'>): string {
  if (left === undefined) return '';
  return status === 'draining' ? `cut in ${countdownText(left)}` : `tried again in ${countdownText(left)}`;
}

export interface Verdict {
  readonly level: Level;
  readonly text: string;
}

/** How all of them are, in one sentence. */
export function verdictOf(levels: readonly Level[]): Verdict {
  const all = levels.length;
  const count = (level: Level): number => levels.filter((each) => each === level).length;
  const [bad, warn, off] = [count('bad'), count('warn'), count('off')];
  const some = (n: number): string => `${n} of ${all} backend${all === 1 ? '' : 's'}`;
  const also = warn > 0 ? `, ${warn} in trouble or on the way out` : '';
  if (all === 0) return { level: 'warn', text: 'There are no backends' };
  if (bad === all) return { level: 'bad', text: all === 1 ? 'The only backend is out' : `All ${all} backends are out` };
  if (bad > 0) return { level: 'bad', text: `${some(bad)} ${bad === 1 ? 'is' : 'are'} out${also}` };
  if (warn > 0) return { level: 'warn', text: `${some(warn)} ${warn === 1 ? 'needs' : 'need'} a look` };
  if (off === all) return { level: 'warn', text: 'No backend takes new clients' };
  if (off > 0) return { level: 'good', text: `${some(all - off)} take traffic, ${off} set aside` };
  return { level: 'good', text: all === 1 ? 'The backend takes traffic' : `All ${all} backends take traffic` };
}
