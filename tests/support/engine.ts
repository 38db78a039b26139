import { writeFileSync } from 'node:fs';
import { assemble, type Seams } from '../../src/daemon/assemble.ts';
import type { Engine } from '../../src/daemon/engine.ts';
import { styxyPaths } from '../../src/system/paths.ts';
import { bootId } from '../../src/system/process/identity.ts';
import { tempDir } from './temp.ts';

type StartedEngine = { readonly coordinator: Engine } & AsyncDisposable;

/** The engine of a daemon in a home of its own, as the daemon assembles it, without a server. */
export async function startEngine(config: object, seams: Partial<Seams> = {}): Promise<StartedEngine> {
  const home = tempDir();
  const paths = styxyPaths({ STYXY_HOME: home.path });
  writeFileSync(paths.config, JSON.stringify(config));
  const about = { paths, env: {}, boot: bootId(), previous: undefined };
  const { engine, reports, journal } = await assemble(about, seams);
  return {
    coordinator: engine,
    async [Symbol.asyncDispose]() {
      engine.close();
      reports.close();
      await journal.close();
      home.remove();
    },
  };
}
