import { loadBalancer } from 'fairlead';
import { afterAll, expect, it, vi } from 'vitest';
import { thrownBy } from '../../core/fakes.js';

vi.mock('node:module', async (original) => {
  const module = await original<typeof import('node:module')>();
  const createRequire: typeof module.createRequire = (from) => {
    const require = module.createRequire(from);
    const refusing = (name: string): unknown => {
      if (name === '@opentelemetry/api')
        throw new Error("Cannot find module '@opentelemetry/api'\nRequire stack:\n- /app");
      return require(name);
    };
    return Object.assign(refusing, require);
  };
  return { ...module, createRequire };
});
afterAll(() => void vi.doUnmock('node:module'));

it('without its package, tracing is a problem of the options, and nobody else misses it', async () => {
  const { problems } = thrownBy(() => loadBalancer({ backends: [], tracing: true }));
  expect(problems).toEqual([
    {
      path: 'tracing',
      value: true,
      rule:
        'needs the package @opentelemetry/api: npm install @opentelemetry/api@1 ' +
        "(Cannot find module '@opentelemetry/api')",
    },
  ]);
  await loadBalancer({ backends: [], tracing: false }).close();
});
