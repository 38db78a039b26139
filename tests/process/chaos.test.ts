import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startProgram } from '../support/start-program.ts';

const chaos = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));
const LEAST = { '--seconds': '10', '--operations': '60' };

describe.skipIf(process.platform !== 'linux')('everything at once', () => {
  test('leaves what Styxy says true (npm run chaos does the same for longer)', async () => {
    const words = [process.execPath, chaos, '--json', ...Object.entries(LEAST).flat()];
    const exit = await startProgram(words, { env: process.env }).finished(200_000);
    const { violations, total, kills, seed } = JSON.parse(exit.stdout) as {
      violations: string[];
      total: number;
      kills: number;
      seed: number;
    };
    expect(violations, `npm run chaos -- --seed ${seed}\n${exit.stderr}`).toEqual([]);
    expect(total).toBeGreaterThanOrEqual(Number(LEAST['--operations']));
    expect(kills).toBeGreaterThan(0);
  });
});
