import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../lib/core/backend.js';
import { strictObject } from '../../lib/core/problems.js';
import { tripRules } from '../../lib/resilience/trip-rules/index.js';
import type { TripModule } from '../../lib/resilience/trip-rules/rule.js';
import { answered, backendsOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

const all: [string, TripModule<object>][] = Object.entries(tripRules);

describe.each(all)('trip rule %s', (_name, module) => {
  const options = strictObject(module.shape).parse({});
  const made = () => {
    const clock = new FakeClock();
    return { clock, rule: module.create(options, clock), members: backendsOf(1, 1, 1, 1, 1, 1) };
  };

  it('has a default for each option, and refuses what is none', () => {
    expect(Object.values(options)).not.toContain(undefined);
    expect(strictObject(module.shape).safeParse({ zzz: 1 }).success).toBe(false);
  });

  it('never trips while nothing fails', () => {
    const { clock, rule, members } = made();
    for (let i = 0; i < 3_000; i++) {
      clock.advance(i % 7);
      for (const backend of members) expect(rule.record(backend, false, answered()) || undefined).toBeUndefined();
    }
  });

  it('trips one that always fails among others that never do, and no other', () => {
    const { clock, rule, members } = made();
    const [bad, ...good] = members as [BackendRecord, ...BackendRecord[]];
    let why: unknown;
    for (let i = 0; i < 500 && !why; i++) {
      clock.advance(1);
      for (const backend of good) expect(rule.record(backend, false, answered())).toBeUndefined();
      why = rule.record(bad, true, answered());
    }
    expect(why).toMatch(/\d/);
  });

  it('begins anew with a backend that is reset', () => {
    const { rule, members } = made();
    const [bad, ...good] = members as [BackendRecord, ...BackendRecord[]];
    for (let i = 0; i < 200; i++) for (const backend of good) rule.record(backend, false, answered());
    for (let i = 0; i < 200; i++) rule.record(bad, true, answered());
    rule.reset?.(bad);
    expect(rule.record(bad, true, answered())).toBeUndefined();
  });

  it('starts no timer, and keeps nothing in common with another of its kind', () => {
    const { clock, rule, members } = made();
    const [bad] = members as [BackendRecord];
    for (let i = 0; i < 200; i++) rule.record(bad, true, answered());
    expect(clock.pending).toBe(0);
    expect(module.create(options, clock).record(bad, true, answered())).toBeUndefined();
  });
});
