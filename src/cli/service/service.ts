import { StyxyError } from '../../base/styxy-error.ts';
import { packageRoot } from '../../system/package-root.ts';
import { launchd } from '../../system/service-manager/launchd.ts';
import type { ServiceManager } from '../../system/service-manager/service.ts';
import { systemd } from '../../system/service-manager/systemd.ts';
import type { Context } from '../context.ts';

const NAME = 'styxy';
/** What a daemon of the service manager must know of the one who installs it. */
const HANDED_ON = ['STYXY_HOME', 'STYXY_HTTP_PORT', 'STYXY_LOG'];

/** How this system keeps a user's programs running; undefined when we know no way. */
export function serviceManagerOf(
  { env }: Pick<Context, 'env'>,
  platform = process.platform,
): ServiceManager | undefined {
  if (platform === 'linux') return systemd(NAME, env);
  return platform === 'darwin' ? launchd(NAME, env, process.getuid?.() ?? 0) : undefined;
}

/** @throws StyxyError USAGE where there is no such way */
export function requireServiceManager(context: Context): ServiceManager {
  const manager = serviceManagerOf(context);
  if (manager) return manager;
  throw new StyxyError('USAGE', `there is no service for ${process.platform}`, {
    why: 'only systemd (Linux) and launchd (macOS) are known',
    hint: 'nothing needs to be done: the daemon starts by itself with the first command that needs it',
  });
}

/** What the manager is to keep running: the daemon of this very installation, with this home. */
export function describeService(
  manager: ServiceManager,
  { env, paths }: Pick<Context, 'env' | 'paths'>,
): string {
  const handedOn = HANDED_ON.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return manager.render({
    name: NAME,
    description: 'Styxy, a port of its own for every dev server',
    command: [process.execPath, `${packageRoot()}/bin/styxy.js`, 'daemon', 'run', '--service'],
    env: Object.fromEntries(
      handedOn.map(([name, value]) => [name, name === 'STYXY_HOME' ? paths.root : value]),
    ),
    log: paths.log,
  });
}

/** @throws StyxyError FORBIDDEN when the file there is not one of ours */
export function requireOwnFile(manager: ServiceManager): void {
  const { installed, ours } = manager.state();
  if (!installed || ours) return;
  throw new StyxyError('FORBIDDEN', `${manager.path} was not written by styxy`, {
    why: 'its first lines do not say so',
    hint: 'look at it, and move it away if it is not needed',
    details: { path: manager.path },
  });
}
