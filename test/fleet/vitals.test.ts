import { describe, expect, it } from 'vitest';
import { Pool } from '../../lib/core/pool.js';
import { Vitals } from '../../lib/fleet/vitals.js';
import { healthSchema } from '../../lib/health/spec.js';
import { Reporter } from '../../lib/observe/reporter.js';
import { backendsOf } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function house(health: object) {
  const clock = new FakeClock(1_000);
  const pool = new Pool(backendsOf(1, 1), { clock });
  const lines: string[] = [];
  const log = (_fields: object, message: string): void => void lines.push(message);
  const reporter = new Reporter('api', { debug: log, info: log, warn: log, error: log });
  const events: unknown[] = [];
  reporter.events.on('backend:state', (event) => events.push(event));
  const config = { health: healthSchema.parse(health), breaker: false, tls: {} } as const;
  const vitals = new Vitals(config, { pool, reporter, clock, random: () => 0.5 });
  const [a] = pool.members;
  if (a === undefined) throw new Error('no backend');
  const says = (word: string): void => vitals.hears?.(a, word);
  return { clock, pool, vitals, says, a, lines, events };
}

describe('a backend that asks to be left alone', () => {
  it.each(['drain', 'maintenance'] as const)('(%s) is asked again when it has not said so for a minute', (word) => {
    const { clock, pool, says, a, lines, events } = house({ steer: true });
    says(word);
    expect(pool.leftOut(a)).toBe('steered');
    clock.advance(30_000);
    says(word);
    clock.advance(59_999);
    expect(pool.leftOut(a)).toBe('steered');
    clock.advance(1);
    expect(pool.leftOut(a)).toBeUndefined();
    expect(events).toEqual([
      { backend: 'a', from: 'ready', to: word, by: 'backend' },
      { backend: 'a', from: word, to: 'ready', by: 'backend' },
    ]);
    expect(lines.at(-1)).toBe(`backend a has not asked for ${word} for 60000 ms`);
  });

  it('keeps the share of its weight that it asked for', () => {
    const { clock, pool, says, a } = house({ steer: true });
    says('drain, 50%');
    clock.advance(60_000);
    expect([pool.leftOut(a), a.steered]).toEqual([undefined, { state: 'ready', share: 0.5 }]);
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer behind when the balancer closes', () => {
    const { clock, vitals, says } = house({ steer: true });
    says('drain');
    vitals.close();
    expect(clock.pending).toBe(0);
  });

  it('is heard of nobody without steer', () => {
    expect(house({}).vitals.hears).toBeUndefined();
  });
});
