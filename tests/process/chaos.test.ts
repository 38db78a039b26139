import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startProgram } from '../support/start-program.ts';

const chaos = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));
const SECONDS = 10;

describe.skipIf(process.platform !== 'linux')('everything at once', () => {
  test('leaves what Styxy says true (npm run chaos does the same for longer)', async () => {
    const exit = await startProgram([process.execPath, chaos, '--seconds', String(SECONDS), '--json'], {
      env: process.env,
    }).finished(100_000);
    const { violations, total, kills, seed } = JSON.parse(exit.stdout) as {
      violations: string[];
      total: number;
      kills: number;
      seed: number;
    };
    expect(violations, `npm run chaos -- --seed ${seed}\n${exit.stderr}`).toEqual([]);
    expect(total).toBeGreaterThan(50);
    expect(kills).toBeGreaterThan(3);
  });
});
