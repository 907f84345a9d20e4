import { describe, expect, it } from 'vitest';
import { type LoadBalancerOptions, parseOptions } from '../../lib/options.js';
import { thrownBy } from '../core/fakes.js';

const backends = ['http://10.0.0.1:3000'];
const problems = (options: object) => thrownBy(() => parseOptions({ backends, ...options })).problems;

describe('options that contradict one another', () => {
  it.each<[object, string, RegExp]>([
    [{ retry: { perTry: 2_000 }, timeouts: { total: 1_000 } }, 'retry.perTry', /timeouts\.total \(1000 ms\)/],
    [{ retry: { perTry: 10, on: ['connect'] } }, 'retry.on', /with 'timeout'/],
    [{ retry: { on: ['connect'], methods: ['POST'] } }, 'retry.methods', /add 'reset'/],
    [{ retry: { budget: { ratio: 0, minPerSecond: 0 } } }, 'retry.budget', /retry: false/],
    [{ retry: { on: [] } }, 'retry.on', /retry: false/],
    [{ retry: { backoff: { base: 500 } } }, 'retry.backoff.base', /cap/],
    [{ hedge: { after: 50, methods: ['GET', 'POST'] } }, 'hedge.methods', /name POST in retry\.methods/],
    [{ hedge: { after: 50, methods: ['PATCH'] }, retry: { methods: ['POST'] } }, 'hedge.methods', /name PATCH/],
    [{ hedge: { after: '2s' }, timeouts: { total: '1s' } }, 'hedge.after', /below timeouts\.total/],
    [{ hedge: { after: 200 }, retry: { perTry: 200 } }, 'hedge.after', /below retry\.perTry \(200 ms\)/],
  ])('%j: %s', (options, path, rule) => {
    expect(problems(options)).toMatchObject([{ path, rule: expect.stringMatching(rule) }]);
  });

  it('are told together, and with what else is wrong', () => {
    const found = problems({
      strategy: 'nobody',
      retry: { perTry: 2_000, backoff: { base: 500 } },
      timeouts: { total: 1_000 },
      hedge: { after: 50, methods: ['POST'] },
    });
    expect(found.map(({ path }) => path)).toEqual(['strategy', 'retry.perTry', 'retry.backoff.base', 'hedge.methods']);
  });

  it.each<Partial<LoadBalancerOptions>>([
    { retry: { perTry: 1_000 }, timeouts: { total: 1_000 } },
    { retry: { perTry: 10, on: ['connect', 'timeout'] } },
    { retry: { attempts: 0, on: [], budget: { ratio: 0, minPerSecond: 0 } } },
    { hedge: { after: 'p95', methods: ['POST'] }, retry: { methods: () => true } },
    { hedge: { after: 50 }, retry: false },
    { hedge: { after: 50 }, retry: { perTry: 51 } },
    { hedge: { after: 'p95' }, retry: { perTry: 20 } },
    { hedge: { after: 50 }, retry: { methods: ['GET'] } },
  ])('%j is none of them', (options) => {
    expect(() => parseOptions({ backends, ...options })).not.toThrow();
  });
});
