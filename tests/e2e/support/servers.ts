import { createServer } from 'node:net';
import type { Running, StyxyHome } from '../../support/home.ts';
import { isAlive, waitFor } from '../../support/processes.ts';
import type { Allocation } from '../../../src/protocol/answers/allocation.ts';

/** Waits until what `styxy run` started in this project listens on its lease. */
export async function boundLease(
  home: StyxyHome,
  run: Running,
  project: string,
  deadlineMs = 40_000,
): Promise<Allocation> {
  const ofProject = async () =>
    (await home.api.list().catch(() => ({ allocations: [] }))).allocations.filter(
      ({ project_path: path }) => path === project,
    );
  const found = await waitFor(
    async () =>
      run.process.exitCode ??
      run.process.signalCode ??
      (await ofProject()).find(({ state }) => state === 'bound'),
    deadlineMs,
    () => `a server on its lease in ${project}; stdout: ${run.stdout()} stderr: ${run.stderr()}`,
  );
  if (typeof found !== 'object')
    throw new Error(`it ended with ${found} before it listened: ${run.stderr()}`);
  return found;
}

/** Ends a run as a person would, and waits until its server is gone too. */
export async function end(run: Running, { listeners }: Pick<Allocation, 'listeners'>): Promise<void> {
  run.process.kill('SIGTERM');
  await run.finished();
  await waitFor(
    () => listeners.every(({ pid }) => pid === null || !isAlive(pid)),
    10_000,
    `the servers ${listeners.map(({ pid }) => pid).join(', ')} to end with their wrapper`,
  );
}

export async function textAt(url: string): Promise<string> {
  return (await fetch(url, { headers: { connection: 'close' } })).text();
}

/** Whether nothing listens on the port, on any address of this machine. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '::' }, () => probe.close(() => resolve(true)));
  });
}
