import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo, linksFor } from '../../lib/simulate/fifo.js';

it('keeps the order, whoever leaves in between', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('push', 'shift', 'remove'), fc.nat(50)), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (list) => {
      const fifo = new Fifo(linksFor(list.length));
      const expected: number[] = [];
      for (const [i, [step, where]] of list.entries()) {
        if (step === 'push') {
          fifo.push(i);
          expected.push(i);
        } else if (step === 'shift') expect(fifo.shift()).toBe(expected.shift() ?? -1);
        else if (expected.length > 0) {
          const [gone = -1] = expected.splice(where % expected.length, 1);
          fifo.remove(gone);
        }
        expect(fifo.size).toBe(expected.length);
      }
      for (const request of expected) expect(fifo.shift()).toBe(request);
    }),
  );
});
