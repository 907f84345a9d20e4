import { describe, expect, it } from 'vitest';
import type { LeftOut } from '../../../lib/core/eligibility.js';
import type { Level } from '../../../lib/dashboard/page/protocol.js';
import {
  countdownText,
  countText,
  LEFT_OUT,
  leftText,
  msText,
  percentText,
  rateText,
  timeText,
  verdictOf,
  weightText,
} from '../../../lib/dashboard/page/words.js';

describe('numbers', () => {
  it.each([
    [rateText(null), '–'],
    [rateText(0), '0'],
    [rateText(0.25), '0.3'],
    [rateText(12_345.6), '12,346'],
    [msText(null), '–'],
    [msText(0.04), '0.0'],
    [msText(3.14), '3.1'],
    [msText(450.4), '450'],
    [msText(12_345), '12.3 s'],
    [percentText(null), '–'],
    [percentText(0), '0 %'],
    [percentText(0.004), '0.4 %'],
    [percentText(0.666), '67 %'],
    [countText(1_234_567), '1,234,567'],
    [countdownText(0), '0:00'],
    [countdownText(6_001), '0:07'],
    [countdownText(750_000), '12:30'],
    [weightText({ weight: 2, effectiveWeight: 2 }), '2'],
    [weightText({ weight: 2, effectiveWeight: 0.4 }), '2 → 0.4'],
    [leftText({ status: 'draining', left: 5_000 }), 'cut in 0:05'],
    [leftText({ status: 'ejected', left: 5_000 }), 'tried again in 0:05'],
    [leftText({ status: 'ejected' }), ''],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it('times of day have seconds', () => {
    expect(timeText(Date.UTC(2026, 0, 1, 4, 5, 6))).toMatch(/^\d\d:\d\d:06$/);
  });
});

/** Each one by name: the compiler holds them to the pool's. */
const REASONS: Readonly<Record<LeftOut, true>> = {
  maintenance: true,
  drain: true,
  steered: true,
  down: true,
  unknown: true,
  breaker: true,
  unreachable: true,
  full: true,
  rate: true,
  tier: true,
  zone: true,
};

it('there are words for every reason to leave a backend out', () => {
  expect(Object.keys(LEFT_OUT).sort()).toEqual(Object.keys(REASONS).sort());
});

describe('verdictOf', () => {
  it.each<[Level[], Level, string]>([
    [[], 'warn', 'There are no backends'],
    [['good'], 'good', 'The backend takes traffic'],
    [['good', 'good'], 'good', 'All 2 backends take traffic'],
    [['good', 'off'], 'good', '1 of 2 backends take traffic, 1 set aside'],
    [['off', 'off'], 'warn', 'No backend takes new clients'],
    [['bad'], 'bad', 'The only backend is out'],
    [['bad', 'bad'], 'bad', 'All 2 backends are out'],
    [['bad', 'good', 'good'], 'bad', '1 of 3 backends is out'],
    [['bad', 'bad', 'warn'], 'bad', '2 of 3 backends are out, 1 in trouble or on the way out'],
    [['warn', 'good'], 'warn', '1 of 2 backends needs a look'],
    [['warn', 'warn', 'off'], 'warn', '2 of 3 backends need a look'],
  ])('%j is %s: %s', (levels, level, text) => {
    expect(verdictOf(levels)).toEqual({ level, text });
  });
});
