import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../../lib/core/backend.js';
import { FairleadError } from '../../../lib/core/errors.js';
import { Queue, type QueueOptions } from '../../../lib/resilience/limits/queue.js';
import { backendsOf, fakeRequest } from '../../core/fakes.js';
import { FakeClock } from '../../support/clock.js';

interface Asked {
  readonly pinned?: BackendRecord | undefined;
  readonly tried?: readonly BackendRecord[];
  readonly deadline?: number;
}

/** A queue before backends with this much room each; a place is its id. */
function house(room: readonly number[], options: Partial<QueueOptions> = {}) {
  const clock = new FakeClock(1_000);
  const members = backendsOf(...room.map(() => 1));
  const free = new Map(members.map((member, i) => [member, room[i] ?? 0]));
  const lost = new Set<BackendRecord>();
  const queue = new Queue<string>({
    size: 100,
    timeout: 50,
    clock,
    priority: undefined,
    isBusy: (backend) => !lost.has(backend) && free.get(backend) === 0,
    ...options,
  });
  const log: string[] = [];
  const leaving = new Map<string, () => void>();
  let watched = 0;
  const wait = (name: string, { pinned, tried = [], deadline = Number.POSITIVE_INFINITY }: Asked = {}) => {
    const goesTo = (backend: BackendRecord): boolean => {
      const wanted = pinned === undefined || lost.has(pinned) ? !tried.includes(backend) : backend === pinned;
      return wanted && (free.get(backend) ?? 0) > 0;
    };
    const take = (): string | undefined => {
      const to = members.find(goesTo);
      if (to === undefined) return undefined;
      free.set(to, (free.get(to) ?? 0) - 1);
      return to.id;
    };
    const whenGone = (gone: () => void) => {
      watched++;
      leaving.set(name, gone);
      return () => {
        watched--;
        leaving.delete(name);
      };
    };
    const request = fakeRequest({ url: `/${name}` });
    void queue.wait({ pinned, tried, deadline, request, take, whenGone }).then((got) => {
      log.push(got instanceof FairleadError ? `${name}:${got.code.replace('FAIRLEAD_', '')}` : `${name}:${got}`);
    });
  };
  const makeRoom = (index: number, places = 1) => {
    const backend = members[index] as BackendRecord;
    free.set(backend, (free.get(backend) ?? 0) + places);
    queue.wake(backend);
  };
  const settled = async () => {
    await Promise.resolve();
    await Promise.resolve();
    return log.splice(0).join(' ').replaceAll(':gone', ':-');
  };
  return { clock, queue, members, free, lost, wait, makeRoom, settled, leaving, log, watched: () => watched };
}

describe('a queue', () => {
  it('is first come, first served, and takes places within the call that made room', async () => {
    const { queue, wait, makeRoom, settled, free, members } = house([0, 0]);
    for (const name of ['x', 'y', 'z']) wait(name);
    expect(queue.waiting).toBe(3);
    makeRoom(1, 2);
    // Nobody can come in between: the places are taken.
    expect([queue.waiting, free.get(members[1] as BackendRecord)]).toEqual([1, 0]);
    expect(await settled()).toBe('x:b y:b');
    makeRoom(0);
    expect(await settled()).toBe('z:a');
  });

  it('refuses those it has no room for, and lets go those who waited in vain', async () => {
    const { queue, wait, clock, settled, watched, makeRoom } = house([0], { size: 2 });
    wait('x');
    clock.advance(20);
    wait('y');
    wait('z');
    expect(await settled()).toBe('z:QUEUE_FULL');
    clock.advance(30);
    expect(await settled()).toBe('x:QUEUE_TIMEOUT');
    clock.advance(20);
    expect(await settled()).toBe('y:QUEUE_TIMEOUT');
    expect([watched(), clock.pending]).toEqual([0, 0]);
    expect(queue.counts()).toEqual({ waiting: 0, queued: 2, timedOut: 2, rejected: 1, abandoned: 0, waited: 100 });
    makeRoom(0);
    expect(await settled()).toBe('');
  });

  it('a client that leaves is out at once and holds nobody up', async () => {
    const { queue, wait, leaving, makeRoom, settled, clock, watched } = house([0], { size: 2 });
    wait('x');
    wait('y');
    leaving.get('x')?.();
    expect(queue.waiting).toBe(1);
    wait('z');
    makeRoom(0, 2);
    expect(await settled()).toBe('x:- y:a z:a');
    expect([clock.pending, watched(), queue.counts().abandoned]).toEqual([0, 0, 1]);
  });

  it('who is pinned waits for his own backend, and holds nobody up', async () => {
    const { members, wait, makeRoom, settled } = house([0, 0]);
    wait('p', { pinned: members[1] });
    wait('q', { pinned: members[1] });
    wait('x');
    wait('y');
    makeRoom(0);
    expect(await settled()).toBe('x:a');
    makeRoom(1);
    expect(await settled()).toBe('p:b');
    makeRoom(1, 2);
    expect(await settled()).toBe('q:b y:b');
  });

  it('who is pinned to one that is lost waits for anyone, in the order in which he came', async () => {
    const { members, wait, makeRoom, settled, lost, queue } = house([0, 0]);
    wait('x');
    wait('p', { pinned: members[1] });
    wait('y');
    lost.add(members[1] as BackendRecord);
    queue.wake();
    expect(await settled()).toBe('');
    makeRoom(0, 3);
    expect(await settled()).toBe('x:a p:a y:a');
  });

  it('who has tried one waits for another', async () => {
    const { members, wait, makeRoom, settled } = house([0, 0]);
    wait('r', { tried: [members[0] as BackendRecord] });
    wait('x');
    makeRoom(0);
    expect(await settled()).toBe('x:a');
    makeRoom(1);
    expect(await settled()).toBe('r:b');
  });

  it('keeps to the time that the whole request has', async () => {
    const { wait, clock, settled } = house([0]);
    wait('x', { deadline: 1_010 });
    wait('late', { deadline: 999 });
    clock.advance(10);
    expect(await settled()).toBe('late:TOTAL_TIMEOUT x:TOTAL_TIMEOUT');
  });

  it('who counts more takes the place of who counts least and came last', async () => {
    const priority: QueueOptions['priority'] = ({ url }) => Number(url?.slice(2));
    const { wait, makeRoom, settled, queue } = house([0], { size: 3, priority });
    for (const name of ['a1', 'b0', 'c0', 'd0']) wait(name);
    expect(await settled()).toBe('d0:QUEUE_FULL');
    wait('e2');
    expect(await settled()).toBe('c0:QUEUE_FULL');
    wait('f1');
    expect(await settled()).toBe('b0:QUEUE_FULL');
    wait('g1');
    expect(await settled()).toBe('g1:QUEUE_FULL');
    // Who is in is served in the order in which he came.
    makeRoom(0, 3);
    expect(await settled()).toBe('a1:a e2:a f1:a');
    expect(queue.counts()).toMatchObject({ queued: 5, rejected: 4, waiting: 0 });
  });

  it('empties when it closes, and takes nobody after', async () => {
    const { queue, wait, settled, clock } = house([0]);
    for (const name of ['x', 'y']) wait(name);
    queue.close(new FairleadError('FAIRLEAD_CLOSING', 'closing'));
    wait('z');
    expect(await settled()).toBe('x:CLOSING y:CLOSING z:CLOSING');
    expect([queue.waiting, clock.pending]).toEqual([0, 0]);
  });

  it('room that somebody makes while he takes a place is given out too', async () => {
    const { queue, settled, free, members } = house([0, 0]);
    const [a, b] = members as [BackendRecord, BackendRecord];
    const waiting = { pinned: undefined, tried: [], deadline: Number.POSITIVE_INFINITY, request: fakeRequest() };
    const got: unknown[] = [];
    const take = (name: string, to: BackendRecord, then?: () => void) => () => {
      if (free.get(to) === 0) return undefined;
      free.set(to, 0);
      then?.();
      return name;
    };
    const makesRoom = (): void => {
      free.set(b, 1);
      queue.wake(b);
    };
    const whenGone = () => () => {};
    void queue.wait({ ...waiting, whenGone, take: take('x', a, makesRoom) }).then((place) => got.push(place));
    void queue.wait({ ...waiting, whenGone, take: take('y', b) }).then((place) => got.push(place));
    free.set(a, 1);
    queue.wake(a);
    await settled();
    expect(got).toEqual(['x', 'y']);
  });

  it('ten thousand come, leave and are served in any order', async () => {
    const { wait, leaving, makeRoom, queue, settled } = house([0], { size: 10_000 });
    for (let i = 0; i < 10_000; i++) wait(`w${i}`);
    for (let i = 0; i < 10_000; i += 2) leaving.get(`w${i}`)?.();
    expect(queue.waiting).toBe(5_000);
    makeRoom(0, 5_000);
    expect(queue.waiting).toBe(0);
    expect((await settled()).split(' ').slice(-2)).toEqual(['w9997:a', 'w9999:a']);
  });

  it('nobody is passed over by one who could have gone no earlier, whatever happens', async () => {
    const step = fc.record({
      what: fc.constantFrom('wait', 'pinned', 'tried', 'room', 'leave'),
      index: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { members, wait, makeRoom, settled, leaving, free, queue } = house([0, 0, 0]);
        const waiting = new Map<string, Asked>();
        for (const [i, { what, index }] of steps.entries()) {
          const backend = members[index] as BackendRecord;
          if (what === 'room') {
            makeRoom(index);
            const fits = [...waiting].find(([, { pinned, tried = [] }]) =>
              pinned === undefined ? !tried.includes(backend) : pinned === backend,
            );
            expect(await settled()).toBe(fits === undefined ? '' : `${fits[0]}:${backend.id}`);
            if (fits === undefined) free.set(backend, 0);
            else waiting.delete(fits[0]);
          } else if (what === 'leave') {
            const [name] = [...waiting.keys()].slice(index);
            if (name === undefined) continue;
            leaving.get(name)?.();
            waiting.delete(name);
            expect(await settled()).toBe(`${name}:-`);
          } else {
            const asked: Asked = what === 'pinned' ? { pinned: backend } : what === 'tried' ? { tried: [backend] } : {};
            wait(`w${i}`, asked);
            waiting.set(`w${i}`, asked);
          }
          expect(queue.waiting).toBe(waiting.size);
        }
      }),
    );
  });
});
