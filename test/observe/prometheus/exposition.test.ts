import { describe, expect, it } from 'vitest';
import { Exposition } from '../../../lib/observe/prometheus/exposition.js';
import { backendStats, balancerStats, fakeBalancer } from './fakes.js';

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
