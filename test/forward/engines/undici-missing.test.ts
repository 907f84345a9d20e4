import type { createRequire } from 'node:module';
import { FairleadError, loadBalancer } from 'fairlead';
import { expect, it, vi } from 'vitest';

vi.mock('node:module', async (original) => {
  const actual = await original<{ createRequire: typeof createRequire }>();
  return {
    ...actual,
    createRequire: (from: string) => (name: string) => {
      if (name === 'undici') throw new Error("Cannot find module 'undici'\nRequire stack:\n- /app/index.js");
      return actual.createRequire(from)(name);
    },
  };
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

it('the default engine does not miss it', async () => {
  const lb = loadBalancer({ backends: [] });
  await lb.close();
  expect(lb.name).toBe('fairlead');
});
