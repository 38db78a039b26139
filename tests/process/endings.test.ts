import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rounds } from '../support/runs.ts';
import { startProgram } from '../support/start-program.ts';

const chaos = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));
const ENDINGS = rounds(60);

describe.skipIf(process.platform !== 'linux')('runs that end at random moments, in every way', () => {
  test('leave nothing and nobody hurt, and each is told once (npm run chaos -- --endings 1000)', async () => {
    const words = [process.execPath, chaos, '--endings', String(ENDINGS), '--json'];
    const exit = await startProgram(words, { env: process.env }).finished(100_000);
    const { violations, counts, seed } = JSON.parse(exit.stdout) as {
      violations: string[];
      counts: Record<string, number>;
      seed: number;
    };
    expect(violations, `npm run chaos -- --endings ${ENDINGS} --seed ${seed}\n${exit.stderr}`).toEqual([]);
    expect(Object.keys(counts).length).toBeGreaterThan(10);
  });
});
