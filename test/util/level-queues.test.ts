import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LevelQueues } from '../../lib/util/level-queues.js';

it('keep each level in the order of coming, and know the lowest: against plain lists', () => {
  const moves = fc.array(fc.tuple(fc.nat(9), fc.nat(40)), { maxLength: 80 });
  fc.assert(
    fc.property(moves, (list) => {
      const queues = new LevelQueues(new Int32Array(10), new Int32Array(10), new Int32Array(10));
      let plain: [index: number, level: number][] = [];
      for (const [index, level] of list) {
        if (plain.some(([other]) => other === index)) queues.remove(index);
        plain = [...plain.filter(([other]) => other !== index), [index, level]];
        queues.add(index, level);
        const lowest = Math.min(...plain.map(([, at]) => at));
        expect(queues.level).toBe(lowest);
        expect(queues.first).toBe(plain.find(([, at]) => at === lowest)?.[0]);
      }
    }),
  );
});
