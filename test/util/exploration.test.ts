import { describe, expect, it } from 'vitest';
import { Exploration } from '../../lib/util/exploration.js';

const [a, b, c] = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];

function ready(): Exploration<{ id: string }> {
  const exploration = new Exploration<{ id: string }>(1_000);
  exploration.adopt([a, b, c], 0);
  for (let i = 0; i < 19; i++) exploration.picked(a, 0, false);
  return exploration;
}

describe('exploration', () => {
  it('has nobody due who was picked or joined lately', () => {
    expect(ready().due([a, b, c], 999)).toBe(-1);
  });

  it('has the one due that waits longest', () => {
    const exploration = ready();
    exploration.picked(b, 300, false);
    expect(exploration.due([a, b, c], 1_200)).toBe(2);
  });

  it('spends at most every twentieth pick', () => {
    const exploration = ready();
    exploration.picked(c, 5_000, true);
    for (let i = 0; i < 19; i++) {
      expect(exploration.due([a, b, c], 5_000)).toBe(-1);
      exploration.picked(a, 5_000, false);
    }
    expect(exploration.due([a, b, c], 5_000)).toBe(1);
  });

  it('does not take a stranger for one that waits', () => {
    expect(ready().due([{ id: 'new' }], 9_000)).toBe(-1);
  });
});
