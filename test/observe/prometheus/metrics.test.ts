import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Observed } from '../../../lib/observe/prometheus/exposition.js';
import { metrics } from '../../../lib/observe/prometheus/metrics.js';
import { thrownBy } from '../../core/fakes.js';
import { backendStats, balancerStats } from '../fakes.js';
import { fakeBalancer } from './fakes.js';

const balancer = (name = 'shop') => fakeBalancer(balancerStats(name, [backendStats('a')]));

describe('metrics()', () => {
  it('has a registry of its own, unless it is given one', async () => {
    const registry = new Registry();
    expect(metrics(balancer(), { registry }).registry).toBe(registry);
    const [one, two] = [metrics(balancer()), metrics(balancer())];
    expect(one.registry).not.toBe(two.registry);
    expect(await one.registry.metrics()).toContain('fairlead_backend_up{balancer="shop",backend="a"} 1\n');
  });

  it('takes several balancers, at once or one after the other', async () => {
    const registry = new Registry();
    metrics([balancer('one'), balancer('two')], { registry });
    metrics(balancer('three'), { registry });
    const text = await registry.metrics();
    for (const name of ['one', 'two', 'three']) expect(text).toContain(`fairlead_info{balancer="${name}"`);
    expect(text.match(/^# TYPE fairlead_info /gm)).toHaveLength(1);
  });

  it('of a balancer that is there already changes nothing', async () => {
    const registry = new Registry();
    const lb = balancer();
    for (let i = 0; i < 3; i++) metrics(lb, { registry });
    lb.ends();
    expect(await registry.metrics()).toContain(
      'fairlead_requests_total{balancer="shop",backend="a",method="GET",code="200"} 1\n',
    );
  });

  it('goes on in a registry that was cleared', async () => {
    const registry = new Registry();
    const lb = balancer();
    metrics(lb, { registry });
    registry.clear();
    metrics(lb, { registry });
    expect(await registry.metrics()).toContain('fairlead_info{balancer="shop"');
  });

  it('speaks OpenMetrics where the registry does, scrape after scrape', async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const lb = balancer();
    metrics(lb, { registry });
    lb.ends();
    for (let i = 0; i < 2; i++) {
      const text = await registry.metrics();
      expect(text).toContain('# TYPE fairlead_requests counter\nfairlead_requests_total{balancer="shop"');
      expect(text).toContain('fairlead_request_duration_seconds_bucket{balancer="shop",backend="a",le="+Inf"} 1');
      metrics(lb, { registry });
    }
  });

  it('escapes what a name holds', async () => {
    const text = await metrics(balancer('a"b\\c\nd')).registry.metrics();
    expect(text).toContain('fairlead_info{balancer="a\\"b\\\\c\\nd",strategy="p2c"} 1');
  });
});

describe('metrics() refuses', () => {
  it('what is no balancer, no registry, no option, all at once', () => {
    const error = thrownBy(() => metrics([balancer(), {} as Observed], { registry: {}, regsitry: 1 } as object));
    expect(error.code).toBe('FAIRLEAD_OPTIONS');
    expect(error.problems.map(({ path }) => path).sort()).toEqual(['lbs[1]', 'registry', 'regsitry']);
    expect(error.message).toContain("did you mean 'registry'?");
  });

  it('two balancers of one name, and leaves the registry as it was', async () => {
    const registry = new Registry();
    const error = thrownBy(() => metrics([balancer('x'), balancer('y'), balancer('x')], { registry }));
    expect(error.problems).toMatchObject([{ path: 'lbs', value: 'x' }]);
    expect(registry.getMetricsAsArray()).toEqual([]);
    metrics(balancer('x'), { registry });
    expect(thrownBy(() => metrics(balancer('x'), { registry })).message).toContain('"x"');
  });

  it('a registry that has another metric of such a name', () => {
    const registry = new Registry();
    registry.registerMetric({ name: 'fairlead_info' } as never);
    expect(thrownBy(() => metrics(balancer(), { registry })).problems).toMatchObject([{ value: 'fairlead_info' }]);
  });
});
