import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { StyxyError } from '../../base/styxy-error.ts';
import { sleep } from '../../system/sleep.ts';
import { variablePrefix } from '../../settings/service-address.ts';
import { planServer, starterOf } from './plan.ts';
import type { ServerOptions } from './types.ts';

export type { ServerOptions } from './types.ts';

const ASK_MS = 50;

/** What a global set-up is given, as far as it is needed here. */
interface Project {
  provide(name: 'baseURL', value: string): void;
}

/**
 * A global set-up: starts a server for all test files, and ends it after them. Tests find it as `inject('baseURL')`, and
 * by the name of the service in the environment: `E2E_URL`.
 *
 * ```ts
 * export default webServer({ name: 'e2e', command: 'node server.js' });
 * ```
 */
export function webServer(options: ServerOptions): (project?: Project) => Promise<() => Promise<void>> {
  return async (project) => {
    const planned = await planServer(options, process.env);
    const { words, env } = starterOf(planned);
    const [file = '', ...args] = words;
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await untilReady(child, `http://127.0.0.1:${planned.gatePort}/`);
    // Not BASE_URL, which the runner sets itself.
    process.env[`${variablePrefix(planned.name)}_URL`] = planned.url;
    project?.provide('baseURL', planned.url);
    return () => end(child);
  };
}

/** @throws StyxyError SERVICE_ENDED; what is wrong has been told on stderr by then */
async function untilReady(child: ChildProcess, gate: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new StyxyError('SERVICE_ENDED', 'the server for the tests is not there; why stands above');
    const answer = await fetch(gate).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(ASK_MS);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
