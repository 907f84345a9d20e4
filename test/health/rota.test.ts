import { expect, it } from 'vitest';
import { type Job, Rota } from '../../lib/health/rota.js';
import { FakeClock } from '../support/clock.js';

function house() {
  const clock = new FakeClock();
  const rota = new Rota(clock);
  const running: { name: string; done: () => void }[] = [];
  const job = (name: string, suspect = false): Job => ({ suspect, start: (done) => void running.push({ name, done }) });
  const names = () => running.map(({ name }) => name);
  return { clock, rota, running, job, names };
}

it('begins a few at a time, in the order of their coming', () => {
  const { clock, rota, names, job } = house();
  for (let i = 0; i < 20; i++) rota.add(job(String(i)));
  expect(names()).toHaveLength(8);
  clock.advance(2);
  expect(names()).toHaveLength(16);
  clock.advance(2);
  expect(names()).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  clock.advance(2);
  expect(clock.pending).toBe(0);
});

it('has no more than 64 under way, and goes on as they end', () => {
  const { clock, rota, running, job } = house();
  for (let i = 0; i < 100; i++) rota.add(job(String(i)));
  clock.advance(1_000);
  expect(running).toHaveLength(64);
  for (const { done } of running.slice(0, 10)) done();
  clock.advance(1_000);
  expect(running).toHaveLength(74);
});

it('keeps places for those that are well, however many hang', () => {
  const { clock, rota, running, names, job } = house();
  for (let i = 0; i < 100; i++) rota.add(job(`hangs ${i}`, true));
  clock.advance(1_000);
  expect(running).toHaveLength(48);
  rota.add(job('well'));
  expect(names().at(-1)).toBe('well');
  running[0]?.done();
  clock.advance(10);
  expect(names().at(-1)).toBe('hangs 48');
});

it('begins nothing more once it is closed', () => {
  const { clock, rota, running, job } = house();
  for (let i = 0; i < 20; i++) rota.add(job(String(i)));
  rota.close();
  clock.advance(1_000);
  expect(running).toHaveLength(8);
  expect(clock.pending).toBe(0);
});
