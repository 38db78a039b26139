import { stopDaemon } from '../../client/stop-daemon.ts';
import { findSilentDaemon } from '../../client/silent-daemon.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';
import { askForDaemon } from './start-stop.ts';

/** A daemon that said nothing for so long will most likely not understand SIGTERM either. ms */
const SILENT_STOP_LIMIT_MS = 1000;

export async function execute(
  context: Context,
  { json, ifSilent }: { json?: boolean; ifSilent?: boolean },
): Promise<number> {
  const { paths, out } = context;
  const silent = ifSilent ? await findSilentDaemon(paths) : undefined;
  if (ifSilent && !silent) {
    if (json) out.json({ restarted: false });
    else out.note('the daemon was not replaced: it answers, has ended, or is held by a debugger');
    return 0;
  }
  const previous = await during(
    out,
    () => 'the daemon to end',
    () => stopDaemon(paths, silent, silent && SILENT_STOP_LIMIT_MS),
  );
  if (silent && previous !== undefined && !json) {
    out.note(`the daemon (pid ${previous}) lived but did not answer: it was ended, and its leases are kept`);
  }
  const status = await askForDaemon(context);
  if (json) out.json({ ...status, previous_pid: previous ?? null });
  else
    out.note(
      `the daemon runs (pid ${status.pid}, version ${status.version}) with ${status.allocations} leases`,
    );
  return 0;
}
