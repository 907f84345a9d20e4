import { describe, expect, it } from 'vitest';
import { Viewers } from '../../lib/dashboard/viewers.js';
import { fakeRequest, fakeResponse, settled } from '../core/fakes.js';
import { FakeClock } from '../support/clock.js';

function viewers() {
  const clock = new FakeClock();
  const looking: boolean[] = [];
  const taken = { next: 0, full: 0 };
  const source = {
    next: () => `"change ${++taken.next}"`,
    full: () => `"full ${++taken.full} as of ${taken.next}"`,
    looking: (anyone: boolean) => looking.push(anyone),
  };
  const all = new Viewers(source, clock);
  const join = () => {
    const { response, socket } = fakeResponse(fakeRequest());
    const added = all.add(response, { actions: false });
    const data = () => [...socket.written.matchAll(/^data: (.*)$/gm)].map(([, text]) => text);
    return { added, response, socket, data };
  };
  return { clock, looking, taken, all, join };
}

describe('Viewers', () => {
  it('a viewer is greeted, told everything, and then each second what has changed', async () => {
    const { clock, join } = viewers();
    const { socket, data } = join();
    clock.advance(2_000);
    await settled();
    expect(socket.written).toMatch(/^HTTP\/1\.1 200 /);
    expect(socket.written).toMatch(/content-type: text\/event-stream\r\n/i);
    expect(socket.written).toMatch(/cache-control: no-store, no-transform\r\n/i);
    expect(socket.written).toContain('event: hello\ndata: {"actions":false}\n\n');
    expect(data()).toEqual(['{"actions":false}', '"full 1 as of 1"', '"change 2"', '"change 3"']);
  });

  it('there is one picture a second, however many look', () => {
    const { clock, taken, join } = viewers();
    for (let i = 0; i < 50; i++) join();
    clock.advance(10_000);
    expect(taken.next).toBe(11);
    expect(clock.pending).toBe(1);
  });

  it('nothing runs before the first viewer comes, nor after the last has gone', async () => {
    const { clock, looking, taken, all, join } = viewers();
    expect(clock.pending).toBe(0);
    const [one, two] = [join(), join()];
    expect(looking).toEqual([true]);
    one.response.end();
    await settled();
    expect(clock.pending).toBe(1);
    two.response.destroy();
    two.response.emit('close');
    expect(all.size).toBe(0);
    expect(clock.pending).toBe(0);
    expect(looking).toEqual([true, false]);
    clock.advance(60_000);
    expect(taken.next).toBe(1);
  });

  it('for one that sleeps nothing piles up; awake again it is told everything, and in the end it is let go', async () => {
    const { clock, join } = viewers();
    const { response, data } = join();
    const { write } = response;
    let written = 0;
    response.write = () => {
      written++;
      return false;
    };
    clock.advance(5_000);
    expect(written).toBe(1);
    response.write = write;
    response.emit('drain');
    clock.advance(1_000);
    await settled();
    expect(data().at(-1)).toBe('"full 2 as of 7"');
    response.write = () => false;
    clock.advance(30_000);
    expect(response.destroyed).toBe(false);
    clock.advance(1_000);
    expect(response.destroyed).toBe(true);
  });

  it('there is room for so many and no more', () => {
    const { all, join } = viewers();
    for (let i = 0; i < 100; i++) expect(join().added).toBe(true);
    expect(join().added).toBe(false);
    expect(all.size).toBe(100);
  });

  it('close() ends every stream and with them the timer', async () => {
    const { clock, all, join } = viewers();
    const { response } = join();
    all.close();
    await settled();
    expect(response.writableEnded).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
