import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { fairlead: new URL('./lib/index.ts', import.meta.url).pathname } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
