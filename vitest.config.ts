import { defineConfig } from 'vitest/config';

interface Kind {
  readonly testTimeout: number;
  /** Real processes on a machine that others use as well: each further try is told in the report. */
  readonly retry?: number;
  /** Whether each file gets modules of its own. Nothing in `src` has state at module level, so fast tests can do without. */
  readonly isolate?: boolean;
  readonly env?: Record<string, string>;
}

/** One project for each kind of test, so that the fast ones give an answer in seconds. */
const project = (name: string, { testTimeout, retry = 0, isolate = true, env = {} }: Kind) => ({
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    retry,
    isolate,
    unstubEnvs: true,
    env,
  },
});

export default defineConfig(({ mode }) => ({
  test: {
    // Most of the time is spent waiting for processes, so each core can have a file of its own.
    maxWorkers: '100%',
    projects: [
      project('architecture', { testTimeout: 20_000, isolate: false }),
      project('unit', { testTimeout: 30_000, isolate: false }),
      project('property', {
        testTimeout: 60_000,
        isolate: false,
        env: { PROPERTY_RUNS: mode === 'quick' ? 'few' : 'all' },
      }),
      project('contract', { testTimeout: 120_000, retry: 2 }),
      project('process', { testTimeout: 240_000, retry: 2 }),
      project('e2e', { testTimeout: 300_000, retry: 2 }),
    ],
  },
}));
