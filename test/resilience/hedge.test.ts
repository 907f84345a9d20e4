import { describe, expect, it } from 'vitest';
import { Hedging, hedgeSchema } from '../../lib/resilience/hedge.js';

const hedging = (options: object) => new Hedging(hedgeSchema.parse(options));

describe('hedging', () => {
  it('is for what changes nothing, unless others are named', () => {
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'POST'];
    const plain = hedging({ after: 50 });
    expect(methods.filter((method) => plain.isFor(method))).toEqual(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
    const named = hedging({ after: 50, methods: ['PUT'] });
    expect(methods.filter((method) => named.isFor(method))).toEqual(['PUT']);
    expect(plain.isFor(undefined)).toBe(false);
  });

  it('sets out after the time it is told', () => {
    const fixed = hedging({ after: '1s' });
    fixed.answered(5);
    expect(fixed.delay()).toBe(1_000);
  });

  it("'p95' sets out after what 95 % took at most, once there are enough, and never below 5 ms", () => {
    const measured = hedging({ after: 'p95' });
    for (let i = 0; i < 19; i++) measured.answered(30);
    expect(measured.delay()).toBe(100);
    measured.answered(30);
    expect(measured.delay()).toBe(30);
    for (let i = 0; i < 1_000; i++) measured.answered(0.5);
    expect(measured.delay()).toBe(5);
  });

  it.each([{}, { after: 0 }, { after: 'p99' }, { after: 50, methods: ['get'] }, { after: 50, to: 1 }])(
    'may not be %j',
    (options) => {
      expect(hedgeSchema.safeParse(options).success).toBe(false);
    },
  );
});
