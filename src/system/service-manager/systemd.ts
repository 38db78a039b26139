import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runToolSync } from '../process/run-tool-sync.ts';
import { MARK, type ServiceManager, type ServiceProgram } from './service.ts';
import { isOurs, readUnitFile, writeUnitFile } from './unit-file.ts';

/** Seconds without a sign of life after which systemd replaces the program. */
const WATCHDOG_S = 60;
/** Exit codes after which another start would end the same way: usage, state, permission, configuration. */
const HOPELESS = [64, 74, 77, 78];

/** systemd's user manager (Linux). */
export function systemd(name: string, env: NodeJS.ProcessEnv): ServiceManager {
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME ?? '/', '.config'), 'systemd', 'user');
  const unit = `${name}.service`;
  const path = join(folder, unit);
  const ctl = (...args: string[]): string | undefined => runToolSync('systemctl', ['--user', ...args]);
  return {
    kind: 'systemd',
    path,
    startCommand: `systemctl --user daemon-reload && systemctl --user enable --now ${unit}`,
    // Without the program that tells systemd of our life, its watchdog would kill us every minute.
    render: (program) => renderUnit(program, { watchdog: hasProgram('systemd-notify', env.PATH) }),
    state() {
      const text = readUnitFile(path);
      const shown =
        text === undefined ? undefined : ctl('show', unit, '-p', 'ActiveState,UnitFileState,MainPID');
      return { installed: text !== undefined, ours: isOurs(text), ...parseShow(shown) };
    },
    async install(text) {
      await writeUnitFile(path, text);
      return (
        ctl('daemon-reload') !== undefined &&
        ctl('enable', unit) !== undefined &&
        ctl('restart', unit) !== undefined
      );
    },
    uninstall() {
      const isReached = ctl('disable', '--now', unit) !== undefined;
      // What `enable` made; a manager that is not there can't take it away.
      rmSync(join(folder, 'default.target.wants', unit), { force: true });
      rmSync(path, { force: true });
      ctl('daemon-reload');
      return isReached;
    },
  };
}

/**
 * A unit of systemd.service(5). A clean end is meant so (`styxy daemon stop`, a newer version taking over); after a
 * crash, a kill, or silence the program is started again.
 */
export function renderUnit(
  { description, command, env }: ServiceProgram,
  { watchdog }: { watchdog: boolean },
): string {
  const [program = '', ...args] = startable(command);
  const environment = Object.entries(env).map(([key, value]) => `Environment=${quote(`${key}=${value}`)}`);
  const alive = watchdog
    ? ['Type=notify', 'NotifyAccess=all', `WatchdogSec=${WATCHDOG_S}`, 'WatchdogSignal=SIGKILL']
    : ['Type=exec'];
  return `${[
    `# ${MARK}; the next install writes it anew, \`styxy service uninstall\` removes it.`,
    '# For changes of your own: systemctl --user edit',
    '[Unit]',
    `Description=${description}`,
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...alive,
    // A "$" in the program's own name is no variable, in an argument it would be.
    `ExecStart=${[quote(program), ...args.map((arg) => quote(arg).replaceAll('$', '$$$$'))].join(' ')}`,
    ...environment,
    'Restart=on-failure',
    'RestartSec=1',
    `RestartPreventExitStatus=${HOPELESS.join(' ')}`,
    'TimeoutStopSec=10',
    'UMask=0077',
    'NoNewPrivileges=yes',
    '',
    '[Install]',
    'WantedBy=default.target',
  ].join('\n')}\n`;
}

/** systemd takes no quotes, backslashes or control signs in the path of the program, but in the arguments of a shell that becomes it. */
function startable(command: readonly string[]): readonly string[] {
  return /["'\\\u0000-\u001f\u007f]/.test(command[0] ?? '')
    ? ['/bin/sh', '-c', 'exec "$0" "$@"', ...command]
    : command;
}

/** One word of a unit's line: quoted, with escapes of systemd.syntax(7) and without specifiers ("%h"). */
function quote(word: string): string {
  const escaped = word
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('%', '%%')
    // A line break would end the line, and with it the word; a carriage return is taken for one.
    .replaceAll(
      /[\u0000-\u001f\u007f]/g,
      (sign) => String.raw`\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  return `"${escaped}"`;
}

interface Shown {
  enabled: boolean | undefined;
  active: boolean | undefined;
  pid: number | undefined;
}

/** What `systemctl show` prints: one KEY=value a line. */
export function parseShow(text: string | undefined): Shown {
  const valueOf = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(text ?? '')?.[1];
  const state = valueOf('ActiveState');
  const file = valueOf('UnitFileState');
  const pid = Number(valueOf('MainPID') ?? 0);
  return {
    enabled: file === undefined ? undefined : file.startsWith('enabled'),
    active:
      state === undefined ? undefined : state === 'active' || state === 'activating' || state === 'reloading',
    pid: pid > 0 ? pid : undefined,
  };
}

function hasProgram(name: string, path = ''): boolean {
  return path.split(delimiter).some((folder) => existsSync(join(folder, name)));
}
