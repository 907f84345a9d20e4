import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorCodes, FairleadError } from '../../lib/core/errors.js';
import { eventNames } from '../../lib/core/events.js';
import { probes } from '../../lib/health/probes/index.js';
import { type LoadBalancerOptions, parseOptions } from '../../lib/options.js';
import { tripRules } from '../../lib/resilience/trip-rules/index.js';
import { affinities } from '../../lib/sticky/index.js';
import { strategies } from '../../lib/strategies/index.js';
import { anchorsOf, codeSpansOf, linksOf, pages, takenApart } from './markdown.js';
import { filesIn, parse, root, textOf } from './source.js';

const exists = (file: string): boolean => existsSync(path.join(root, file));

describe('pages', () => {
  it.each([
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    'docs/request-path.md',
    'docs/options.md',
    'docs/errors.md',
  ])('%s is there', (page) => {
    expect(exists(page)).toBe(true);
  });
});

describe('docs/errors.md', () => {
  const text = textOf('docs/errors.md');
  /** What stands under a code's heading, or undefined. */
  const section = (code: string): string | undefined =>
    new RegExp(`^#{2,6} .*\\b${code}\\b.*\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, 'm').exec(text)?.[1];

  it.each(errorCodes)('has a heading for %s', (code) => {
    expect(section(code)).toBeDefined();
  });

  it.each(errorCodes)('says status and blame of %s as they are', (code: ErrorCode) => {
    const { status, blame } = new FairleadError(code, '');
    expect(section(code)).toMatch(new RegExp(`\\b${status}\\b`));
    expect(section(code)).toContain(`\`${blame}\``);
  });

  it('has a heading for nothing else', () => {
    const headings = [...text.matchAll(/^#{2,6} .*?(FAIRLEAD_\w+)/gm)].map(([, code]) => code);
    expect(headings.filter((code) => !errorCodes.some((known) => known === code))).toEqual([]);
  });
});

describe('docs/options.md', () => {
  const NOBODY = 'zzzzzzzzzzzzzzzzzzzz';

  /** What the schema says there is, where it is given a name nobody knows. */
  function known(options: object): string[] {
    try {
      parseOptions({ backends: [], ...options } as LoadBalancerOptions);
    } catch (thrown) {
      const problems = thrown instanceof FairleadError ? thrown.problems : [];
      const unknown = problems.find((problem) => problem.path.endsWith(NOBODY));
      return /known are (.*)$/.exec(unknown?.rule ?? '')?.[1]?.split(', ') ?? [];
    }
    return [];
  }

  /** `{ a: { b: { [NOBODY]: 1 } } }` for a, b. */
  const nested = (names: readonly string[]): object =>
    names.reduceRight<object>((inner, name) => ({ [name]: inner }), { [NOBODY]: 1 });

  function below(names: readonly string[]): string[] {
    return known(nested(names)).flatMap((name) => [
      [...names, name].join('.'),
      ...(names.length < 4 ? below([...names, name]) : []),
    ]);
  }

  const keys = [
    ...below([]),
    ...known({ backends: [{ url: 'http://a', [NOBODY]: 1 }] }).map((name) => `backends[].${name}`),
    ...Object.keys(affinities).flatMap((by) => known({ sticky: { by, [NOBODY]: 1 } }).map((name) => `sticky.${name}`)),
    ...Object.keys(probes).flatMap((type) => known({ health: { type, [NOBODY]: 1 } }).map((name) => `health.${name}`)),
    ...Object.keys(tripRules).flatMap((trip) =>
      known({ breaker: { trip, [NOBODY]: 1 } }).map((name) => `breaker.${name}`),
    ),
    ...Object.keys(strategies).flatMap((name) =>
      known({ strategy: [name, { [NOBODY]: 1 }] })
        // Without options the list is of no names at all.
        .filter((option) => /^\w+$/.test(option))
        .map((option) => `strategy[1].${option}`),
    ),
  ];

  const text = textOf('docs/options.md');

  it('the schema gives its names away', () => {
    expect(keys).toEqual(
      expect.arrayContaining([
        'backends',
        'timeouts.connect',
        'backends[].weight',
        'sticky.maxAge',
        'strategy[1].ipv6Prefix',
      ]),
    );
  });

  it.each([...new Set(keys)])('knows %s', (key) => {
    const name = key.split('.').at(-1);
    expect(text).toMatch(new RegExp(`\`${name}\``));
  });

  it.each(keys.filter((key) => /^\w+$/.test(key)))('has a heading for %s', (key) => {
    expect(anchorsOf('docs/options.md')).toContain(key.toLowerCase());
  });

  it.each(keys.filter((key) => /^\w+$/.test(key)))('has a row for %s in the table of all', (key) => {
    const [table = ''] = text.split('\n## ');
    expect([...table.matchAll(/^\| \[`(\w+)`\]/gm)].map(([, name]) => name)).toContain(key);
  });
});

it.each(eventNames)('docs/statistics.md knows the event %s', (name) => {
  expect(textOf('docs/statistics.md')).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|$`, 'm'));
});

describe('docs/architecture.md', () => {
  /** Paths of the tree drawn there: `    lib/`, then `      index.ts  what it is`. */
  function drawn(): string[] {
    const parents: { indent: number; path: string }[] = [];
    const lines = textOf('docs/architecture.md').split('\n');
    return lines.flatMap((line) => {
      const [, indent = '', name = ''] = /^( {4,})([\w.-]+\/?)(?= {2,}|$)/.exec(line) ?? [];
      if (name === '') return [];
      while ((parents.at(-1)?.indent ?? -1) >= indent.length) parents.pop();
      const full = `${parents.at(-1)?.path ?? ''}${name}`;
      parents.push({ indent: indent.length, path: full });
      return [full];
    });
  }

  it('draws a tree of what is there', () => {
    expect(drawn().length).toBeGreaterThan(10);
    expect(drawn().filter((file) => !exists(file))).toEqual([]);
  });

  it('leaves out nothing that stands directly in lib/', () => {
    const entries = filesIn('lib', '.ts').map((file) => {
      const [, first = '', ...rest] = file.split('/');
      return rest.length === 0 ? `lib/${first}` : `lib/${first}/`;
    });
    expect([...new Set(entries)].filter((entry) => !drawn().includes(entry))).toEqual([]);
  });
});

describe.each(pages)('%s', (page) => {
  const folder = path.posix.dirname(page);

  it('every link to something of ours leads somewhere', () => {
    const broken = linksOf(page).flatMap(({ line, target }) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
      const [file = '', anchor] = target.split('#');
      const full = file === '' ? page : path.posix.join(folder, decodeURIComponent(file));
      if (!exists(full)) return [`${page}:${line} ${target}: no such file`];
      const found = anchor === undefined || !full.endsWith('.md') || anchorsOf(full).has(anchor);
      return found ? [] : [`${page}:${line} ${target}: no such heading`];
    });
    expect(broken).toEqual([]);
  });

  it.each(pages.filter((page) => page.startsWith('docs/recipes/')))('the README leads to %s', (page) => {
    expect(linksOf('README.md').map(({ target }) => target)).toContain(page);
  });

  it('every path in backticks is there', () => {
    const OURS = /^(?:\.\/)?((?:lib|test|docs|bench|example-app|scripts|\.ci|\.github)\/[\w./@-]*)(?::\d+)?$/;
    const AT_ROOT =
      /^((?:[A-Z]+\.md)|LICENSE|package(?:-lock)?\.json|tsconfig(?:\.build)?\.json|biome\.json|vitest\.config\.ts)$/;
    const broken = codeSpansOf(page).flatMap(({ line, text }) => {
      const file = OURS.exec(text)?.[1] ?? AT_ROOT.exec(text)?.[1];
      const there = file === undefined || exists(file) || exists(path.posix.join(folder, file));
      return there ? [] : [`${page}:${line} ${text}`];
    });
    expect(broken).toEqual([]);
  });

  it('every npm script is there', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const words = [...codeSpansOf(page).map(({ text }) => text), ...takenApart(page).samples.map(({ code }) => code)];
    const named = words.flatMap((text) => [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  const samples = takenApart(page).samples.filter(({ language }) => ['ts', 'js', 'mjs', 'json'].includes(language));
  for (const { line, language, code } of samples) {
    it(`the ${language} sample at line ${line} is ${language === 'json' ? 'JSON' : 'code that parses'}`, () => {
      expect(() => (language === 'json' ? JSON.parse(code) : parse(code))).not.toThrow();
    });
  }
});
