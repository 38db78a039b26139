/** `npm run test:quick` tries fewer of the random cases; `npm test` and CI try all. */
const QUICK_SHARE = 0.1;

/** How many random cases a property is tried with. */
export const runs = (all: number): { numRuns: number } => ({
  numRuns: process.env['PROPERTY_RUNS'] === 'few' ? Math.ceil(all * QUICK_SHARE) : all,
});

/** How often `npm test` kills, of the times that `npm run test:long` does. */
const USUAL_SHARE = 0.25;

const isLong = (): boolean => process.env['ROUNDS'] === 'all';

/** How many random moments a test tries where each of them costs the start of a program. */
export const rounds = (all: number): number => (isLong() ? all : Math.ceil(all * USUAL_SHARE));

/** All of them in `npm run test:long`, else those that the test has picked: of a table of two things, a part of the pairs. */
export const usually = <Each>(all: readonly Each[], isPicked: (each: Each, index: number) => boolean) =>
  isLong() ? all : all.filter(isPicked);
