import { createConnection, mayStartDaemon, type Connection } from '../client/connection.ts';
import { createHttpCoordinator } from '../client/http-coordinator.ts';
import { createHttpReports } from '../client/http-reports.ts';
import type { Coordinator, Reports } from '../protocol/coordinator.ts';
import type { ConfigAccess } from '../project/access.ts';
import { daemonEvents } from '../run/leases/daemon-events.ts';
import type { WakeUp } from '../run/leases/wait-until.ts';
import { styxyPaths, type Paths } from '../system/paths.ts';
import { createOutput, type Output } from './print/output.ts';

/** What every command works with. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What stood behind `--`. */
  readonly command: string[] | undefined;
  readonly paths: Paths;
  readonly out: Output;
  /** How commands that only look read a project's configuration. */
  readonly looking: ConfigAccess;
  /** Asks the daemon, starting it if need be (unless STYXY_NO_DAEMON is set). */
  readonly connection: Connection;
  readonly coordinator: Coordinator;
  /** Tells a wait to ask again when the daemon says that something has happened. */
  readonly changes: WakeUp;
  readonly reports: Reports;
  /** Asks the daemon only if it is there. */
  readonly runningDaemon: Coordinator;
}

export function createContext(env: NodeJS.ProcessEnv, cwd: string, command?: string[]): Context {
  const paths = styxyPaths(env);
  const out = createOutput(env);
  const { waitingFor } = out;
  const connection = createConnection({ paths, env, autostart: mayStartDaemon(env), waitingFor });
  return {
    env,
    cwd,
    command,
    paths,
    connection,
    out,
    looking: {
      code: env.STYXY_TRUST === '1' ? 'always' : 'known',
      trusted: paths.trusted,
      unread: (file) => out.note(unreadNote(file)),
    },
    coordinator: createHttpCoordinator(connection),
    changes: daemonEvents(connection),
    reports: createHttpReports(connection),
    runningDaemon: createHttpCoordinator(
      createConnection({
        paths,
        env,
        autostart: false,
        waitingFor,
      }),
    ),
  };
}

const unreadNote = (file: string): string =>
  `styxy: ${file} was not read: it is a program, and you have not run it here as it is now; styxy config trust allows it`;
