import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../lib/core/engine.js';
import { problemsOf } from '../../../lib/core/problems.js';
import { engines } from '../../../lib/forward/engines/index.js';
import { engineSchema } from '../../../lib/forward/engines/spec.js';

const names = Object.keys(engines);

function problems(value: unknown) {
  const parsed = engineSchema.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value);
}

describe('engineSchema', () => {
  it.each(names)('makes %s, a new one each time', async (name) => {
    const create = engineSchema.parse(name);
    const [first, second] = [create({}), create({})];
    expect(first).not.toBe(second);
    await Promise.all([first.close(), second.close()]);
  });

  it('takes an engine of one’s own', () => {
    const own: Engine = { send: () => ({ resume: () => {}, abort: () => {} }), close: () => {} };
    expect(engineSchema.parse(own)({})).toBe(own);
  });

  it('suggests what was meant', () => {
    expect(problems('httpProxy')).toEqual([
      { path: '', value: 'httpProxy', rule: "there is no such engine; did you mean 'http-proxy'?" },
    ]);
  });

  it.each([null, 7, true, {}, { send: 'me' }, 'toString', '__proto__'])('refuses %o', (value) => {
    expect(problems(value)).toMatchObject([{ path: '', value }]);
    expect(problems(value)[0]?.rule).toContain(names.join(', '));
  });

  it('says so when an engine of one’s own cannot be closed, and not when the balancer closes', () => {
    expect(problems({ send: () => {} })).toHaveLength(1);
  });
});
