import { createConnection, mayStartDaemon } from '../../client/connection.ts';
import { createHttpCoordinator } from '../../client/http-coordinator.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import type { Context } from '../context.ts';
import { during } from '../print/progress/waits.ts';

interface Flags {
  json?: boolean;
}

/** The status of a daemon that is started, if need be, with all that this environment says about daemons. */
export function askForDaemon({ paths, env, out: { waitingFor } }: Context): Promise<StatusAnswer> {
  const autostart = mayStartDaemon(env);
  const connection = createConnection({ paths, env, autostart, isAskedFor: true, waitingFor });
  return createHttpCoordinator(connection).status();
}

/** Any request starts the daemon; this one asks only how it is. */
export async function start(context: Context, { json }: Flags): Promise<number> {
  const { out } = context;
  const status = await askForDaemon(context);
  if (json) out.json(status);
  else out.note(`the daemon runs (pid ${status.pid}, version ${status.version})`);
  return 0;
}

export async function stop({ paths, out }: Context, { json }: Flags): Promise<number> {
  const { stopDaemon } = await import('../../client/stop-daemon.ts');
  const stopped = await during(
    out,
    () => 'the daemon to end',
    () => stopDaemon(paths),
  );
  if (json) out.json({ stopped: stopped !== undefined, pid: stopped ?? null });
  else out.note(stopped === undefined ? 'the daemon was not running' : `stopped the daemon (pid ${stopped})`);
  return 0;
}
