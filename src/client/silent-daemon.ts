import { StyxyError } from '../base/styxy-error.ts';
import { ENDPOINTS } from '../protocol/endpoints.ts';
import type { Paths } from '../system/paths.ts';
import { readPidFile, type PidFile } from '../system/pid-file.ts';
import { isHolderAlive } from '../system/pid-holder.ts';
import { bootId } from '../system/process/identity.ts';
import { runStateOf } from '../system/process/run-state.ts';
import { call } from './transport.ts';

/** How long a silent daemon is asked again before it is replaced. Together with the first silence: 15 s. */
const PATIENCE_MS = 10_000;

/**
 * The daemon that lives, holds its socket and answers nobody, for longer than a busy machine would explain; undefined
 * as soon as it says anything, ends, or turns out to be held by a debugger.
 *
 * The time is the monotonic one, which stands still while a laptop sleeps.
 */
export async function findSilentDaemon(
  paths: Paths,
  patienceMs: number = PATIENCE_MS,
): Promise<PidFile | undefined> {
  const boot = bootId();
  const daemon = readPidFile(paths.pid);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (!daemon || readPidFile(paths.pid)?.nonce !== daemon.nonce || !isHolderAlive(daemon, boot))
      return undefined;
    if (runStateOf(daemon.pid) === 'traced') return undefined;
    if (await isAnswering(daemon)) return undefined;
    if (performance.now() >= deadline) return daemon;
  }
}

/** Any answer counts, a refusal too. */
async function isAnswering({ socket }: PidFile): Promise<boolean> {
  try {
    await call(socket, { method: ENDPOINTS.status.method, path: ENDPOINTS.status.path, anonymous: true });
    return true;
  } catch (error) {
    return !isSilence(error);
  }
}

/** The daemon took the connection, or could have, and then said nothing. */
export function isSilence(error: unknown): boolean {
  return error instanceof StyxyError && error.details.silent === true;
}
