import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Link, LinkedList } from '../../lib/util/linked-list.js';

it('is, whoever came and left, those who are left in order of arrival', () => {
  const step = fc.oneof(fc.constant('push' as const), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new LinkedList<number>();
      const links: Link<number>[] = [];
      for (const [i, what] of steps.entries()) {
        if (what === 'push') links.push(list.push(i));
        else {
          const [link] = links.splice(what, 1);
          if (link !== undefined) list.remove(link);
        }
        expect([list.first, list.last]).toEqual([links[0]?.value, links.at(-1)?.value]);
      }
      const left: (number | undefined)[] = [];
      for (const link of [...links]) {
        left.push(list.first);
        list.remove(link);
      }
      expect(left).toEqual(links.map(({ value }) => value));
      expect([list.first, list.last]).toEqual([undefined, undefined]);
    }),
  );
});
