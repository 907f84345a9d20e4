import { loadBalancer, type StrategyName } from 'fairlead';
import { expect, onTestFinished, test } from 'vitest';
import { byKey } from '../contracts/strategies.js';

/** Whom the live balancer sends its clients to, before, during and after changes of its list. */

const backend = (i: number) => ({ id: `b${i}`, url: `http://10.0.0.${i}:3000` });
const clients = Array.from({ length: 1_000 }, (_, i) => `10.${i % 7}.${i >> 3}.${1 + (i % 250)}`);

/** Maglev's tables move up to 5 % of the others' keys; rings and rendezvous none but what is a rounding of weights. */
const disturbance = (name: StrategyName): number => (name === 'maglev' ? 0.05 : 0.02);

test.each(byKey)('%s: a backend that joins or leaves moves its share of the clients and no others', async (name) => {
  const lb = loadBalancer({ backends: [1, 2, 3, 4].map(backend), strategy: name });
  onTestFinished(async () => void (await lb.close()));
  const owners = (): (string | undefined)[] =>
    clients.map((remoteAddress) => lb.explain({ url: '/', headers: {}, socket: { remoteAddress } }).chosen);
  const before = owners();

  lb.add(backend(5));
  const during = owners();
  const moved = during.filter((owner, i) => owner !== before[i]);
  const newcomers = during.filter((owner) => owner === 'b5').length;
  // A fifth is its share; the standard deviation of 1,000 draws of it is 1.3 %, of a ring's arcs some 8 % of the share.
  expect(Math.abs(newcomers / clients.length - 0.2)).toBeLessThan(0.08);
  expect(moved.filter((owner) => owner !== 'b5').length / clients.length).toBeLessThanOrEqual(disturbance(name));

  await lb.remove('b5');
  expect(owners()).toEqual(before);
});

test.each(byKey)('%s: the same list in another order moves nobody', async (name) => {
  const inputs = [1, 2, 3, 4].map(backend);
  const lb = loadBalancer({ backends: inputs, strategy: name });
  onTestFinished(async () => void (await lb.close()));
  const owners = (): (string | undefined)[] =>
    clients.map((remoteAddress) => lb.explain({ url: '/', headers: {}, socket: { remoteAddress } }).chosen);
  const before = owners();
  lb.update(inputs.toReversed());
  expect(owners()).toEqual(before);
});
