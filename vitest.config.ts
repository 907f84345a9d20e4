import { defineConfig } from 'vitest/config';

/** Those that put something in the place of a module, or measure a process, need one of their own. */
const ALONE = ['test/**/*-missing.test.ts', 'test/contracts/engine-replay-memory.test.ts'];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^fairlead$/, replacement: new URL('./lib/index.ts', import.meta.url).pathname },
      { find: 'fairlead/dashboard', replacement: new URL('./lib/dashboard/index.ts', import.meta.url).pathname },
      { find: /^fairlead\/(\w+)$/, replacement: new URL('./lib/$1.ts', import.meta.url).pathname },
    ],
  },
  test: {
    // Tests wait for what happens, and on a busy machine that may take its time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // By default one core is left idle.
    maxWorkers: 2,
    projects: [
      // A process for each of 350 files took two thirds of the time.
      { extends: true, test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
