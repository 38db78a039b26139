import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TRACES, type Traces } from '../../../hook/install/found.ts';
import { findProgram } from '../../../system/process/find-program.ts';
import type { Context } from '../../context.ts';

/** The coding agents that are on this machine. */
export function agentsHere({ cwd, env }: Context): string[] {
  return Object.entries(TRACES).flatMap(([agent, traces]) => (isHere(traces, cwd, env) ? [agent] : []));
}

function isHere({ programs, folder, variable }: Traces, cwd: string, env: NodeJS.ProcessEnv): boolean {
  const own = (variable && env[variable]) || join(homedir(), folder);
  return (
    existsSync(own) ||
    (env.PATH !== undefined && programs.some((name) => findProgram(name, { cwd, env }) === 'executable'))
  );
}
