import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { StyxyError } from '../../base/styxy-error.ts';
import { stopDaemon } from '../../client/stop-daemon.ts';
import { compareVersions, VERSION } from '../../protocol/version.ts';
import { readPidFile, type PidFile } from '../../system/pid-file.ts';
import { isHolderAlive } from '../../system/pid-holder.ts';
import { bootId } from '../../system/process/identity.ts';
import { closeInheritedFiles } from '../../system/process/inherited-files.ts';
import type { Context } from '../context.ts';
import type { Result } from '../words/define.ts';

/** After standard input, output and error. */
const FIRST_UNEXPECTED_FD = 3;

/**
 * With `--spawned` a client has started us in the background, maybe together with many others; with `--service` a
 * service manager that keeps us running, in place of a daemon that a client started.
 */
export async function execute(
  { env, paths, out }: Context,
  { spawned, service }: { spawned?: boolean; service?: boolean },
): Promise<Result> {
  // A file above a gap in the caller's descriptors comes through to us, and he may wait for its end.
  if (spawned) closeInheritedFiles(FIRST_UNEXPECTED_FD);
  // Before the lock: from the moment others can see our pid, they may signal it.
  const orders = takeOrders();
  // Asked before anything else is loaded: when many start at once, all but one end here.
  const holder = readPidFile(paths.pid);
  if (holder && isHolderAlive(holder, bootId())) {
    if (!service) return alreadyRunning(holder, spawned ?? false);
    // A newer one would be asked for again by the next newer client.
    if (compareVersions(holder.version, VERSION) > 0) return 0;
    await stopDaemon(paths, holder);
  }

  // A daemon lives for days beside programs that need the memory more.
  for (const flag of ['--optimize-for-size', '--max-semi-space-size=1', '--semi-space-growth-factor=1']) {
    setFlagsFromString(flag);
  }
  const { startDaemon } = await import('../../daemon/main.ts');
  const daemon = await startDaemon(env, { service: service ?? false }).catch((error: unknown) => {
    // In the background the terminal is the log, and there it stands already.
    if (spawned && error instanceof StyxyError) return error.exitCode;
    throw error;
  });
  if (typeof daemon === 'number') return daemon;
  if ('heldBy' in daemon) return alreadyRunning(daemon.heldBy, spawned ?? false);
  orders.obey(daemon);
  if (!spawned) {
    const http = daemon.httpPort === null ? '' : ` and http://127.0.0.1:${daemon.httpPort}`;
    out.note(`the daemon listens at ${daemon.socket}${http}; Ctrl-C ends it`);
    for (const notice of daemon.notices) out.note(`note: ${notice}`);
  }
  await daemon.ended;
  // Open answers would keep the process alive; their clients come back to the next daemon.
  return { code: 0, signal: null };
}

interface Orderly {
  stop(reason: string): Promise<void>;
  checkSocket(): void;
}

/** SIGTERM and SIGINT end the daemon; SIGHUP has it look after its socket. What comes too early is kept. */
function takeOrders(): { obey(daemon: Orderly): void } {
  let daemon: Orderly | undefined;
  let toldToStop: string | undefined;
  process.on('SIGHUP', () => daemon?.checkSocket());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      toldToStop = signal;
      void daemon?.stop(signal);
    });
  }
  return {
    obey(running) {
      daemon = running;
      if (toldToStop !== undefined) void running.stop(toldToStop);
    },
  };
}

/** A client that started us found no socket. If the daemon is there all the same, it has lost it. */
function alreadyRunning(holder: PidFile | undefined, spawned: boolean): number {
  if (spawned) {
    if (holder && process.platform !== 'win32' && !existsSync(holder.socket))
      process.kill(holder.pid, 'SIGHUP');
    return 0;
  }
  throw new StyxyError('DAEMON_RUNNING', `a daemon runs already${holder ? ` (pid ${holder.pid})` : ''}`);
}
