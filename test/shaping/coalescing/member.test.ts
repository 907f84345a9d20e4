import { expect, it, vi } from 'vitest';
import { Member } from '../../../lib/shaping/coalescing/member.js';
import { backendsOf } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';
import { FakeGuest } from './fakes.js';

const HEAD = { status: 204, reason: '', headers: [] };

function house() {
  const guest = new FakeGuest();
  const clock = new FakeClock();
  const watcher = { drained: vi.fn(), left: vi.fn() };
  return { guest, clock, watcher, member: new Member(guest, 10, clock, watcher) };
}

it('has its own times', async () => {
  const { guest, clock, member } = house();
  const [a] = backendsOf(1);
  clock.advance(5);
  if (a !== undefined) member.head(HEAD, a);
  clock.advance(2);
  member.finish([]);
  guest.closes(true);
  expect(await member.end).toMatchObject({ kind: 'answered', status: 204, responseTime: 5, duration: 7 });
});

it('an interim answer of one backend does not bind it to that one', () => {
  const { guest, member } = house();
  for (const backend of backendsOf(1, 1)) member.informational(103, [], backend);
  expect(guest.opened).toEqual(['a', 'b']);
});

it('leaves once', () => {
  const { guest, member, watcher } = house();
  guest.closes(false);
  member.leave('alone');
  expect(watcher.left).toHaveBeenCalledOnce();
});
