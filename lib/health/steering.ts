import type { Steering } from '../core/check.js';

const STATES: Readonly<Record<string, NonNullable<Steering['state']>>> = {
  ready: 'ready',
  drain: 'drain',
  maintenance: 'maintenance',
  // HAProxy's agent-check word.
  maint: 'maintenance',
};

const SHARE = /^(?:weight[=:])?(\d{1,3}(?:\.\d+)?)%$/;

function shareOf(word: string): number | undefined {
  const [, percent] = SHARE.exec(word) ?? [];
  if (percent === undefined) return undefined;
  // More than its weight it cannot ask for: that would be others' traffic.
  return Math.min(1, Number(percent) / 100);
}

function said(state: string | undefined, share: number | undefined): Steering {
  // A weight has to be above 0; who wants none of the traffic wants no new clients.
  if (share === 0) return { state: state !== undefined && STATES[state] === 'maintenance' ? 'maintenance' : 'drain' };
  const known = state === undefined ? undefined : STATES[state];
  return { ...(known !== undefined && { state: known }), ...(share !== undefined && { share }) };
}

/**
 * Reads the header: words in any order, between commas, semicolons or spaces, as in `drain` or `ready, 50%`. What it does
 * not know it passes over, as HAProxy does in agent checks: newer backends may say more.
 */
export function steeringOf(header: string): Steering {
  const words = header
    .toLowerCase()
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^state[=:]/, ''));
  const state = words.findLast((word) => Object.hasOwn(STATES, word));
  const share = words.map(shareOf).findLast((value) => value !== undefined);
  return said(state, share);
}

/** Reads `state` and `weight` of a deep check's body. */
export function steeringOfReport(report: Readonly<Record<string, unknown>>): Steering {
  const { state, weight } = report;
  const known = typeof state === 'string' && Object.hasOwn(STATES, state) ? state : undefined;
  return said(known, typeof weight === 'string' ? shareOf(weight.trim().toLowerCase()) : undefined);
}
