import { describe, expect, it } from 'vitest';
import { compileEdits, edited } from '../../lib/forward/header-edits.js';

const edit = (list: string[], set: Record<string, string>, remove: string[] = []): string[] =>
  edited(list, compileEdits({ set, remove }));

describe('edited', () => {
  it('is the very list when there is nothing to edit', () => {
    const list = ['X-A', '1'];
    expect(edit(list, {})).toBe(list);
  });

  it('replaces every line of a name, whatever its spelling, by one at the end', () => {
    expect(edit(['x-a', '1', 'X-B', '2', 'X-A', '3'], { 'X-a': '9' })).toEqual(['X-B', '2', 'X-a', '9']);
  });

  it('removes every line of a name', () => {
    expect(edit(['x-a', '1', 'X-B', '2', 'X-A', '3'], {}, ['X-A'])).toEqual(['X-B', '2']);
  });

  it('sets what was not there', () => {
    expect(edit([], { 'X-A': '1', 'X-B': '' })).toEqual(['X-A', '1', 'X-B', '']);
  });

  it('sets a name once, however often it is spelt: the last one stands', () => {
    expect(edit([], { 'X-A': '1', 'x-a': '2' })).toEqual(['x-a', '2']);
  });

  it('sets also what it removes', () => {
    expect(edit(['x-a', '1'], { 'X-A': '2' }, ['x-a'])).toEqual(['X-A', '2']);
  });

  it('leaves the list it was given as it was', () => {
    const list = ['X-A', '1'];
    edit(list, { 'X-A': '2' });
    expect(list).toEqual(['X-A', '1']);
  });
});
