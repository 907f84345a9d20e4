import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiler = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

// The claims of public-api.ts are checked by `npm run types`, and by nothing else: it has to be among its files.
it('what must and must not compile is among the files that are type-checked', () => {
  const files = execFileSync(process.execPath, [compiler, '-p', 'tsconfig.json', '--listFilesOnly'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(files.split('\n').map((file) => path.relative(root, file))).toContain(
    path.join('test', 'types', 'public-api.ts'),
  );
});
