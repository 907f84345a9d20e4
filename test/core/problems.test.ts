import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { falseOr, problemsOf, problemsText, strictObject, unknownName } from '../../lib/core/problems.js';

describe('unknownName', () => {
  it('says what was probably meant', () => {
    expect(unknownName('strategy', 'roundrobin', ['p2c', 'round-robin'])).toBe(
      "there is no such strategy; did you mean 'round-robin'?",
    );
  });

  it('else what there is', () => {
    expect(unknownName('strategy', 'xyzzy', ['p2c', 'round-robin'])).toBe(
      'there is no such strategy; known are p2c, round-robin',
    );
  });
});

describe('strictObject', () => {
  const schema = strictObject({ weight: z.number('a number').optional(), name: z.string('a text').optional() });
  const problems = (value: unknown) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [] : problemsOf(parsed.error.issues, value);
  };

  it('takes its own keys, undefined for absent', () => {
    expect(problems({ weight: 1, name: undefined })).toEqual([]);
  });

  it('makes each unknown key a problem of its own, with a suggestion', () => {
    expect(problems({ wieght: 3, colour: 'red' })).toEqual([
      { path: 'wieght', value: 3, rule: "there is no such option; did you mean 'weight'?" },
      { path: 'colour', value: 'red', rule: 'there is no such option; known are weight, name' },
    ]);
  });

  it('reports them beside the others', () => {
    expect(problems({ weight: 'heavy', nmae: 'x' }).map(({ path }) => path)).toEqual(['weight', 'nmae']);
  });

  it.each([null, 5, 'x', []])('says what it is when given %j', (value) => {
    expect(problems(value)).toEqual([{ path: '', value, rule: 'an object with weight, name' }]);
  });

  it('does not take what every object inherits for an option', () => {
    expect(problems(JSON.parse('{ "constructor": 1 }'))).toHaveLength(1);
  });
});

describe('falseOr', () => {
  const schema = falseOr(strictObject({ attempts: z.number('a number').default(2) }));
  const problems = (value: unknown) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? [] : problemsOf(parsed.error.issues, value);
  };

  it('is false, or what the schema makes of it', () => {
    expect(schema.parse(false)).toBe(false);
    expect(schema.parse({})).toEqual({ attempts: 2 });
  });

  it.each([true, 0, null, 'no', undefined])('is not %j', (value) => {
    expect(problems(value)).toEqual([{ path: '', value, rule: 'false or an object with attempts' }]);
  });

  it('keeps the paths of what is wrong inside, which a union would lose', () => {
    expect(problems({ attempts: '2', atempts: 1 })).toEqual([
      { path: 'attempts', value: '2', rule: 'a number' },
      { path: 'atempts', value: 1, rule: "there is no such option; did you mean 'attempts'?" },
    ]);
  });
});

describe('problemsOf', () => {
  it('writes paths as one would in JavaScript', () => {
    const issues = [
      { path: ['backends', 1, 'weight'], message: 'm' },
      { path: [0, 'a'], message: 'm' },
      { path: [], message: 'm' },
    ];
    expect(problemsOf(issues, {}).map(({ path }) => path)).toEqual(['backends[1].weight', '[0].a', '']);
  });

  it('finds the value, also of nothing and below nothing', () => {
    const value = { a: [{ b: 0 }], text: 'x', none: null };
    const at = (...path: PropertyKey[]): unknown => problemsOf([{ path, message: 'm' }], value)[0]?.value;
    expect(at('a', 0, 'b')).toBe(0);
    expect(at('text', 'length')).toBe(1);
    expect(at('none', 'x', 'y')).toBeUndefined();
    expect(at('gone', 'x')).toBeUndefined();
    expect(at()).toBe(value);
  });
});

describe('problemsText', () => {
  const line = (value: unknown, path = 'p'): string =>
    problemsText([{ path, value, rule: 'a rule' }])
      .split('\n')
      .slice(1)
      .join('\n');

  it('counts, and gives a line to each', () => {
    const problem = { path: 'a', value: 1, rule: 'a rule' };
    expect(problemsText([problem])).toBe('1 problem with the options of loadBalancer():\n  a: a rule (given: 1)');
    expect(problemsText([problem, problem])).toMatch(/^2 problems /);
    expect(problemsText([problem, problem]).split('\n')).toHaveLength(3);
  });

  it('calls the whole of them options', () => {
    expect(line(5, '')).toBe('  options: a rule (given: 5)');
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['', '""'],
    ['two\nlines', '"two\\nlines"'],
    [() => 1, 'a function'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [10n, '10'],
    [Symbol('s'), 'Symbol(s)'],
    [new URL('http://a'), 'http://a/'],
    [circular, '[object Object]'],
    [{ n: 1n }, '[object Object]'],
    ['x'.repeat(200), `"${'x'.repeat(76)}...`],
  ])('shows %s on one short line', (value, shown) => {
    expect(line(value)).toBe(`  p: a rule (given: ${shown})`);
  });
});
