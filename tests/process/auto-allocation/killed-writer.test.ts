import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleTs, type Program } from '../../support/run-ts.ts';
import { rounds } from '../../support/runs.ts';
import { startProgram } from '../../support/start-program.ts';
import { tempDir } from '../../support/temp.ts';
import { waitFor } from '../../support/processes.ts';

const SIDE_BY_SIDE = 4;
const KILLS_EACH = rounds(25);
const FIRST = 20_000;

/** Writes the configuration again and again, and says after each time which one is acknowledged. */
const WRITER = `
  import { writeSync } from 'node:fs';
  import { openConfigStore } from './src/daemon/config/store.ts';
  import { createConfigWriter } from './src/daemon/config/writer.ts';
  import { styxyPaths } from './src/system/paths.ts';
  const paths = styxyPaths(process.env);
  const writer = createConfigWriter(paths, openConfigStore(paths.config));
  for (;;) {
    let last = 0;
    await writer.change(({ settings }) => {
      const [first, before] = settings.service_types.x.port_range;
      last = before >= 65000 ? first : before + 1;
      return [{ path: ['service_types', 'x', 'port_range'], value: [first, last] }];
    });
    writeSync(1, last + '\\n');
  }
`;

interface State {
  service_types: { x: { port_range: [number, number]; description: string } };
}

describe.skipIf(process.platform === 'win32')(
  `SIGKILL to a writer of the configuration at ${SIDE_BY_SIDE * KILLS_EACH} random moments`,
  () => {
    let program: Program;
    beforeAll(async () => {
      program = await bundleTs(WRITER);
    });
    afterAll(() => program[Symbol.asyncDispose]());

    async function killAgainAndAgain(): Promise<number> {
      const home = tempDir();
      const file = join(home.path, 'config.json');
      // Larger than what a disk writes at once, so that half of it can't pass for all of it.
      const description = 'x'.repeat(50_000);
      const read = (path: string): State => JSON.parse(readFileSync(path, 'utf8')) as State;
      writeFileSync(
        file,
        JSON.stringify({ service_types: { x: { port_range: [FIRST, FIRST], description } } }),
      );
      let writes = 0;
      try {
        for (let kill = 0; kill < KILLS_EACH; kill++) {
          const before = read(file).service_types.x.port_range[1];
          const writer = startProgram([process.execPath, program.path], { env: { STYXY_HOME: home.path } });
          await waitFor(() => writer.stdout() || writer.process.exitCode, 20_000, 'the first write');
          // The moment is what is tested here.
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
          writer.process.kill('SIGKILL');
          const { stdout, signal, story } = await writer.finished();
          expect(signal, story).toBe('SIGKILL');
          const acknowledged = Number(stdout.trim().split('\n').at(-1));
          const state = read(file);
          expect(state.service_types.x.description).toBe(description);
          const [, last] = state.service_types.x.port_range;
          expect([acknowledged, acknowledged + 1], 'the old or the new file').toContain(last);
          writes += last - before;
          const backups = readdirSync(join(home.path, 'backups'));
          expect(backups.length).toBeLessThanOrEqual(11);
          for (const name of backups) {
            expect(read(join(home.path, 'backups', name)).service_types.x.port_range[1]).toBeLessThanOrEqual(
              last,
            );
          }
          const others = readdirSync(home.path).filter(
            (name) => name !== 'backups' && name !== 'config.json',
          );
          expect(others.filter((name) => name !== 'config.json.new')).toEqual([]);
        }
        return writes;
      } finally {
        home.remove();
      }
    }

    test('leaves the old file or the new one, never something between, and nothing that adds up', async () => {
      const writes = await Promise.all(Array.from({ length: SIDE_BY_SIDE }, killAgainAndAgain));
      const sum = writes.reduce((total, count) => total + count, 0);
      console.log(`${SIDE_BY_SIDE * KILLS_EACH} kills, ${sum} writes`);
      expect(sum).toBeGreaterThanOrEqual(SIDE_BY_SIDE * KILLS_EACH);
    });
  },
);
