import { defineConfig } from 'vitest/config';

/** One project per kind of test, so that `vitest run --project unit` gives an answer in seconds. */
const project = (name: string, testTimeout: number) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  test: {
    projects: [
      project('architecture', 20_000),
      project('unit', 10_000),
      project('property', 60_000),
      project('contract', 60_000),
      project('process', 120_000),
      project('e2e', 180_000),
    ],
  },
});
