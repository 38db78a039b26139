import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

interface Kind {
  readonly testTimeout: number;
  /** Real processes on a machine that others use as well: each further try is told in the report. */
  readonly retry?: number;
  readonly env?: Record<string, string>;
  /** Instead of every test in the folder of that name. */
  readonly include?: string;
}

const TOOLS = 'tests/e2e/tools/**/*.test.ts';

/** A test that starts Styxy without a home of its own fails, rather than use that of the person who runs it. */
const NO_HOME = '/dev/null/a-test-has-a-home-of-its-own';

/** One project for each kind of test, so that the fast ones give an answer in seconds. */
const project = (name: string, { testTimeout, retry = 0, env = {}, include }: Kind) => ({
  test: {
    name,
    include: [include ?? `tests/${name}/**/*.test.ts`],
    exclude: include === TOOLS ? [] : [TOOLS],
    testTimeout,
    hookTimeout: testTimeout,
    retry,
    // A process for each file costs half a second of a core, and no module here has state.
    isolate: false,
    unstubEnvs: true,
    env: { STYXY_HOME: NO_HOME, ...env },
  },
});

export default defineConfig(({ mode }) => ({
  test: {
    // Files wait for processes a third of their time, so there is work for one more than there are cores.
    maxWorkers: availableParallelism() + 1,
    projects: [
      project('architecture', { testTimeout: 20_000 }),
      project('unit', { testTimeout: 30_000 }),
      project('property', {
        testTimeout: 60_000,
        env: { PROPERTY_RUNS: mode === 'quick' ? 'few' : 'all' },
      }),
      project('contract', { testTimeout: 120_000, retry: 2 }),
      project('process', {
        testTimeout: 240_000,
        retry: 2,
        env: { ROUNDS: mode === 'long' ? 'all' : 'few' },
      }),
      project('e2e', {
        testTimeout: 300_000,
        retry: 2,
        env: { ROUNDS: mode === 'long' ? 'all' : 'few' },
      }),
      // Of `npm run e2e:tools` alone: it installs every tool.
      ...(mode === 'tools' ? [project('tools', { testTimeout: 600_000, include: TOOLS })] : []),
    ],
  },
}));
