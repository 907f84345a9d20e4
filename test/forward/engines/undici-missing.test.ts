import type { createRequire } from 'node:module';
import { FairleadError, loadBalancer } from 'fairlead';
import { afterEach, expect, it, vi } from 'vitest';

/** What is found in place of undici; a package that is not there by default. */
const found = vi.hoisted(() => ({ version: undefined as string | undefined }));

vi.mock('node:module', async (original) => {
  const actual = await original<{ createRequire: typeof createRequire }>();
  return {
    ...actual,
    createRequire: (from: string) => (name: string) => {
      if (found.version !== undefined && name === 'undici/package.json') return { version: found.version };
      if (name.startsWith('undici')) throw new Error("Cannot find module 'undici'\nRequire stack:\n- /app/index.js");
      return actual.createRequire(from)(name);
    },
  };
});

afterEach(() => {
  found.version = undefined;
});

function thrown(options: object): unknown {
  try {
    return loadBalancer({ backends: [], ...options });
  } catch (error) {
    return error;
  }
}

it('without its package the engine undici is a problem of the options, among the others', () => {
  const error = thrown({ engine: 'undici', strategy: 'least_conn' });
  expect(error).toBeInstanceOf(FairleadError);
  expect(error).toMatchObject({
    code: 'FAIRLEAD_OPTIONS',
    problems: [
      { path: 'strategy', rule: "there is no such strategy; did you mean 'least-connections'?" },
      {
        path: 'engine',
        value: 'undici',
        rule: "needs the package undici: npm install undici@7 (Cannot find module 'undici')",
      },
    ],
  });
});

it('with another version of it, which would fail each request, that is the problem', () => {
  found.version = '8.13.1';
  expect(thrown({ engine: 'undici' })).toMatchObject({
    code: 'FAIRLEAD_OPTIONS',
    problems: [{ path: 'engine', rule: 'needs undici 7: npm install undici@7 (version 8.13.1 is installed)' }],
  });
});

it('the default engine does not miss it', async () => {
  const lb = loadBalancer({ backends: [] });
  await lb.close();
  expect(lb.name).toBe('fairlead');
});
