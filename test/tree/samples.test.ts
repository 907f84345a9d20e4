import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages, type Sample, takenApart } from './markdown.js';
import { root, textOf } from './source.js';

const run = promisify(execFile);
const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** A project of its own, with fairlead installed as npm would do it. */
let project = '';

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'fairlead-samples-'));
  const modules = path.join(project, 'node_modules');
  const fairlead = path.join(modules, 'fairlead');
  await mkdir(fairlead, { recursive: true });
  for (const name of await readdir(path.join(root, 'node_modules'))) {
    if (name === 'fairlead' || name.startsWith('.')) continue;
    await symlink(path.join(root, 'node_modules', name), path.join(modules, name), 'junction');
  }
  await cp(path.join(root, 'package.json'), path.join(fairlead, 'package.json'));
  await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', path.join(fairlead, 'dist')], {
    cwd: root,
  });
  await writeFile(path.join(project, 'package.json'), '{ "type": "module" }');
  // key.pem and cert.pem, which samples of TLS read as a user's program would.
  await cp(path.join(root, 'test/support/tls'), project, { recursive: true });
}, 60_000);

afterAll(async () => {
  await rm(project, { recursive: true, force: true });
});

/** Runs a sample to its end; its TypeScript is held to strict types first. */
async function execute({ file, line, language, code }: Sample): Promise<string> {
  const name = `${file.replaceAll(/\W+/g, '-')}-${line}`;
  const source = path.join(project, `${name}.${language === 'ts' ? 'ts' : 'mjs'}`);
  await writeFile(source, code);
  if (language === 'ts') {
    const options =
      '--strict --skipLibCheck --target es2023 --module nodenext --types node --lib es2023,esnext.disposable';
    await run(process.execPath, [compiler, ...options.split(' '), source], { cwd: project });
  }
  const { stdout } = await run(process.execPath, [source.replace(/\.ts$/, '.js')], {
    cwd: project,
    timeout: 50_000,
  });
  return stdout;
}

const samples = pages.flatMap((page) => takenApart(page).samples).filter(({ marks }) => marks.includes('run'));

describe('samples that are marked to run', () => {
  it('there are some, in languages that can be run', () => {
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.filter(({ language }) => !['js', 'mjs', 'ts'].includes(language))).toEqual([]);
  });

  it.concurrent.each(samples.map((sample) => [`${sample.file}:${sample.line}`, sample] as const))(
    '%s runs to its end',
    async (_where, sample) => {
      await expect(execute(sample)).resolves.toBeDefined();
    },
  );

  it('print what the page says they print', async () => {
    const page = 'docs/options.md';
    const [, code = '', output] = /\n```js run\n([^`]*)```\n\nprints\n\n```text\n([^`]*)```/.exec(textOf(page)) ?? [];
    await expect(execute({ file: page, line: 0, language: 'js', marks: ['run'], code })).resolves.toBe(output);
  });

  it('one that fails would be noticed', async () => {
    const sample = { file: 'none.md', line: 1, language: 'js', marks: ['run'], code: 'process.exitCode = 3;' };
    await expect(execute(sample)).rejects.toThrow();
  });

  it('so would one of TypeScript that has its types wrong', async () => {
    const good = `import { loadBalancer } from 'fairlead';\nconst lb = loadBalancer({ backends: [] });\nawait lb.close();`;
    const sample = { file: 'none.md', line: 2, language: 'ts', marks: ['run'], code: good };
    await expect(execute(sample)).resolves.toBe('');
    await expect(execute({ ...sample, line: 3, code: good.replace('[]', "'http://a'") })).rejects.toThrow();
  });
});
