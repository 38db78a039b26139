/** `npm run test:quick` tries fewer of the random cases; `npm test` and CI try all. */
const QUICK_SHARE = 0.1;

/** How many random cases a property is tried with. */
export const runs = (all: number): { numRuns: number } => ({
  numRuns: process.env['PROPERTY_RUNS'] === 'few' ? Math.ceil(all * QUICK_SHARE) : all,
});
