import { createConnection, mayStartDaemon, type Connection } from '../client/connection.ts';
import type { ConfigAccess } from '../project/access.ts';
import { styxyPaths } from '../system/paths.ts';

/** A program that calls the library is the project's code, and runs already. */
export const CALLED_BY_THE_PROJECT: ConfigAccess = { code: 'always', trusted: '', unread: () => undefined };

export function connect(env: NodeJS.ProcessEnv): Connection {
  return createConnection({ paths: styxyPaths(env), env, autostart: mayStartDaemon(env) });
}
