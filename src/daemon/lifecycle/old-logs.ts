import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Paths, serviceLogFolder } from '../../system/paths.ts';
import { exists } from '../../system/process/identity.ts';

const DAY_MS = 24 * 60 * 60_000;
/** How long the output of a service is kept after the last of it was written. ms */
const KEPT_MS = 30 * DAY_MS;
/** Not while the program that has started the daemon waits for its first answers. ms */
const FIRST_MS = 60_000;

/** A service's log, its older part, and how it was started. */
const FILE = /^(?<service>.+-[0-9a-f]{12})\.(?:log|log\.1|start\.json(?:\.\d+\.new)?)$/;

/** Now and then removes what services of long ago have printed: worktrees come and go. @returns stops that */
export function keepFewLogs(paths: Paths): () => void {
  const remove = (): void => void removeOldLogs(paths, Date.now()).catch(() => undefined);
  const timers = [setTimeout(remove, FIRST_MS), setInterval(remove, DAY_MS)];
  for (const timer of timers) timer.unref();
  return () => timers.forEach((timer) => clearTimeout(timer));
}

/** @param now ms since the epoch */
export async function removeOldLogs(paths: Pick<Paths, 'home'>, now: number): Promise<void> {
  const folder = serviceLogFolder(paths);
  const services = new Map<string, string[]>();
  for (const name of await readdir(folder)) {
    const service = FILE.exec(name)?.groups?.['service'];
    if (service !== undefined) services.set(service, [...(services.get(service) ?? []), join(folder, name)]);
  }
  for (const [service, files] of services) {
    // One that has just gone was in use.
    const writtenAt = (file: string) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
    const times = await Promise.all(files.map(writtenAt));
    const isOld = now - Math.max(...times) > KEPT_MS;
    // One that runs may have been silent all that time.
    if (!isOld || (await isRunning(join(folder, `${service}.start.json`)))) continue;
    for (const file of files) await rm(file, { force: true });
  }
}

/** Its wrapper is there, or another process has its number, in which case the log stays. */
async function isRunning(start: string): Promise<boolean> {
  const text = await readFile(start, 'utf8').catch(() => '{}');
  try {
    const { pid } = JSON.parse(text) as { pid?: number };
    return typeof pid === 'number' && exists(pid);
  } catch {
    return false;
  }
}
