import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      { find: /^fairlead$/, replacement: new URL('./lib/index.ts', import.meta.url).pathname },
      { find: 'fairlead/dashboard', replacement: new URL('./lib/dashboard/index.ts', import.meta.url).pathname },
      { find: /^fairlead\/(\w+)$/, replacement: new URL('./lib/$1.ts', import.meta.url).pathname },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
