import { type Backend, type Engine, loadBalancer } from 'fairlead';
import { describe, expect, it } from 'vitest';
import { type RetryOptions, retryPolicy, retrySchema } from '../../lib/resilience/retry.js';
import { fakeRequest, fakeResponse, settled } from '../core/fakes.js';

const policyOf = (options: RetryOptions) => retryPolicy(retrySchema.parse(options));

describe('the policy', () => {
  it('by default is two more attempts after connect and reset, for what is idempotent', () => {
    const policy = policyOf({});
    expect(policy).toMatchObject({
      attempts: 3,
      looksAtAnswers: false,
      perTry: 0,
      budget: { ratio: 0.2, minPerSecond: 10, window: 10_000 },
      backoff: { base: 25, cap: 250 },
    });
    expect([...policy.on]).toEqual(['connect', 'reset']);
    const methods = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'POST', 'PATCH'];
    const repeated = methods.filter((method) => policy.repeats(fakeRequest({ method })));
    expect(repeated).toEqual(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
  });

  it('takes a limit for each try for a wish to try again after it', () => {
    expect([...policyOf({ perTry: '2s' }).on]).toEqual(['connect', 'reset', 'timeout']);
    expect(policyOf({ perTry: '2s' }).perTry).toBe(2_000);
  });

  it('looks at answers where statuses are named', () => {
    const policy = policyOf({ on: ['connect', 503, 429] });
    expect([policy.looksAtAnswers, policy.on.has(503), policy.on.has(502)]).toEqual([true, true, false]);
  });

  it('repeats the methods that are named, or what a function says', () => {
    const named = policyOf({ methods: ['GET', 'POST'] });
    expect(['GET', 'POST', 'PUT'].map((method) => named.repeats(fakeRequest({ method })))).toEqual([true, true, false]);
    const asked = policyOf({ methods: ({ url }) => url === '/again' });
    expect(['/again', '/once'].map((url) => asked.repeats(fakeRequest({ url })))).toEqual([true, false]);
  });

  it('false is one attempt', () => {
    expect(retryPolicy(false).attempts).toBe(1);
  });

  it.each([
    [{ on: ['refused'] }, ['on', 0]],
    [{ on: [200] }, ['on', 0]],
    [{ methods: ['post'] }, ['methods', 0]],
    [{ methods: 'POST' }, ['methods']],
    [{ methods: [] }, ['methods']],
    [{ attempts: -1 }, ['attempts']],
    [{ perTry: 'soon' }, ['perTry']],
    [{ budget: { ratio: -1 } }, ['budget', 'ratio']],
    [{ budget: { window: 0 } }, ['budget', 'window']],
    [{ backoff: { base: -1 } }, ['backoff', 'base']],
  ])('refuses %j', (options, path) => {
    const parsed = retrySchema.safeParse(options);
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('a request that no backend takes', () => {
  /** Whom a balancer of three asks, none of whom can be reached. */
  async function asked(strategy: Parameters<typeof loadBalancer>[0]['strategy']): Promise<string[]> {
    const ids: string[] = [];
    const engine: Engine = {
      send: ({ backend }, sink) => {
        ids.push(backend.id);
        queueMicrotask(() => sink.fail(new Error('connect ECONNREFUSED')));
        return { resume: () => {}, abort: () => {} };
      },
      close: () => {},
    };
    const backends = ['a', 'b', 'c'].map((id) => ({ id, url: `http://${id}` }));
    const lb = loadBalancer({ backends, strategy, engine });
    const request = fakeRequest({ headers: ['Host', 'app.example'] });
    const { response, socket } = fakeResponse(request);
    lb(request, response);
    await settled();
    expect(socket.written).toMatch(/^HTTP\/1\.1 50[02] /);
    await lb.close();
    return ids;
  }

  it('is brought before each of them', async () => {
    expect((await asked('round-robin')).sort()).toEqual(['a', 'b', 'c']);
  });

  it('is brought before none of them twice, though a strategy of one’s own insists', async () => {
    let favourite: Backend | undefined;
    const ids = await asked({
      pick: ([first]) => {
        favourite ??= first;
        return favourite as Backend;
      },
    });
    expect(ids.slice(0, 3)).toEqual([...new Set(ids)]);
  });
});
