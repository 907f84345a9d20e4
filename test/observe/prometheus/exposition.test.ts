import { describe, expect, it } from 'vitest';
import { Exposition } from '../../../lib/observe/prometheus/exposition.js';
import { backendStats, balancerStats } from '../fakes.js';
import { fakeBalancer } from './fakes.js';

function house() {
  const shop = fakeBalancer(balancerStats('shop', [backendStats('a'), backendStats('b')]));
  const api = fakeBalancer(balancerStats('api', [backendStats('a')]));
  const exposition = new Exposition();
  for (const lb of [shop, api]) exposition.add(lb);
  const values = async (name: string) => (await exposition.metrics.find(({ key }) => key === name)?.get())?.values;
  return { shop, api, exposition, values };
}

describe('an exposition', () => {
  it('tells balancers and backends apart', async () => {
    const { values } = house();
    expect((await values('fairlead_backend_active'))?.map(({ labels }) => labels)).toEqual([
      { balancer: 'shop', backend: 'a' },
      { balancer: 'shop', backend: 'b' },
      { balancer: 'api', backend: 'a' },
    ]);
  });

  it('tells the last requests of a backend that is gone once more, and forgets it', async () => {
    const { shop, values } = house();
    shop.ends({ backend: 'a' });
    shop.ends({ backend: 'b' });
    shop.picture = balancerStats('shop', [backendStats('b')]);
    expect((await values('fairlead_requests_total'))?.map(({ labels }) => labels.backend)).toEqual(['a', 'b']);
    expect((await values('fairlead_requests_total'))?.map(({ labels }) => labels.backend)).toEqual(['b']);
    expect((await values('fairlead_backend_up'))?.map(({ labels }) => labels.backend)).toEqual(['b', 'a']);
  });

  it('tells of a balancer that has closed once more, as it was in the end, and is rid of it', async () => {
    const { shop, exposition, values } = house();
    shop.ends();
    shop.picture = balancerStats('shop', [backendStats('a', { total: 7 })]);
    shop.closes();
    expect(shop.isHeard()).toBe(false);
    shop.picture = balancerStats('shop', [backendStats('a', { total: 8 })]);
    const last = await Promise.all(['fairlead_requests_total', 'fairlead_backend_attempts_total'].map(values));
    expect(last).toMatchObject([[{ value: 1 }], [{ labels: { balancer: 'api' } }, { value: 7 }]]);
    expect((await values('fairlead_info'))?.map(({ labels }) => labels.balancer)).toEqual(['api']);
    expect(exposition.clashes([fakeBalancer(balancerStats('shop', []))])).toEqual([]);
  });

  it('of a name that a closed balancer had tells of the new one alone', async () => {
    const { shop, exposition, values } = house();
    shop.ends();
    shop.closes();
    const next = fakeBalancer(balancerStats('shop', []));
    exposition.add(next);
    next.ends({ status: 404 });
    expect(await values('fairlead_requests_total')).toMatchObject([{ labels: { balancer: 'shop', code: '404' } }]);
    // What the first one has to say now is no matter of the second.
    shop.closes();
    expect((await values('fairlead_info'))?.map(({ labels }) => labels.balancer)).toEqual(['api', 'shop']);
  });

  it('that nobody scrapes keeps no more than the last of those that have closed', async () => {
    const exposition = new Exposition();
    for (let i = 0; i < 1_000; i++) {
      const lb = fakeBalancer(balancerStats(`n${i}`, []));
      exposition.add(lb);
      lb.closes();
    }
    const infos = (await exposition.metrics.find(({ key }) => key === 'fairlead_info')?.get())?.values ?? [];
    expect(infos.length).toBeLessThanOrEqual(20);
    expect(infos.at(-1)?.labels.balancer).toBe('n999');
  });

  it('is of one moment, whatever is asked for in it', async () => {
    const { shop, exposition } = house();
    const before = shop.asked;
    await Promise.all(exposition.metrics.map((metric) => metric.get()));
    expect(shop.asked).toBe(before + 1);
    await Promise.all(exposition.metrics.map((metric) => metric.get()));
    expect(shop.asked).toBe(before + 2);
  });

  it('counts a balancer once, however often it is added', async () => {
    const { shop, exposition, values } = house();
    exposition.add(shop);
    shop.ends();
    expect(await values('fairlead_requests_total')).toMatchObject([{ value: 1 }]);
  });

  it('names those that cannot be told apart', () => {
    const { shop, exposition } = house();
    const other = fakeBalancer(balancerStats('shop', []));
    const [one, two] = ['new', 'new'].map((name) => fakeBalancer(balancerStats(name, [])));
    expect(exposition.clashes([shop])).toEqual([]);
    expect(exposition.clashes([other])).toEqual(['shop']);
    expect(exposition.clashes([one, one, two] as (typeof shop)[])).toEqual(['new']);
  });
});
