import { defineConfig } from 'vitest/config';

/** One project per kind of test, so that `vitest run --project unit` gives an answer in seconds. */
const project = (name: string, testTimeout: number, retry = 0) => ({
  test: {
    retry,
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
  },
});

export default defineConfig({
  test: {
    // Most of the time is spent waiting for processes, so each core can have a file of its own.
    maxWorkers: '100%',
    projects: [
      project('architecture', 20_000),
      project('unit', 30_000),
      project('property', 60_000),
      // Real processes on a machine that others use as well: each further try is told in the report.
      project('contract', 120_000, 2),
      project('process', 240_000, 2),
      project('e2e', 300_000, 2),
    ],
  },
});
