import { readdirSync, readlinkSync } from 'node:fs';
import { readTextOrNothing } from '../files/read-text.ts';
import { parseProcNet } from '../ports/proc-net.ts';
import { environmentOf, variableIn } from './environment.ts';
import { readLinuxRow } from './linux-row.ts';
import { parseGroups } from './proc-stat.ts';

/** Programs that open a document or an address with whatever the user has chosen for it; cut to 15 bytes, as the kernel does. */
const OPENERS: ReadonlySet<string> = new Set(
  ['xdg-open', 'gio', 'gvfs-open', 'gnome-open', 'kde-open', 'kde-open5', 'kfmclient', 'exo-open'].concat(
    ['x-www-browser', 'sensible-browser', 'wslview', 'garcon-url-handler'].map((name) => name.slice(0, 15)),
  ),
);

/** GLib tells each program that it starts for a desktop entry which process it is. */
const DESKTOP_PID = 'GIO_LAUNCHED_DESKTOP_FILE_PID';

/**
 * A browser (an editor, a viewer) that a desktop's opener has started: it has a session of its own, led by the opener or
 * made for it, and does not listen on the port of the command that asked for it. The user goes on using it.
 * @param marker the variable by which what was started for a lease is known
 * @param portVariable the variable that names the port of that lease
 */
export function isOpenedForUser(pid: number, marker: string, portVariable: string): boolean {
  if (process.platform !== 'linux') return false;
  const environment = environmentOf(pid);
  const session = sessionOf(pid);
  if (!environment || session === undefined || session === sessionOf(process.pid)) return false;
  const isOpened = isOpener(session) || isDesktopEntry(environment, session, marker);
  return isOpened && !listensOn(pid, Number(variableIn(environment, portVariable)));
}

/** The opener may have become the program that it opens, or lead its session while it runs. */
const isOpener = (leader: number): boolean =>
  OPENERS.has((readTextOrNothing(`/proc/${leader}/comm`) ?? '').trim());

/**
 * A terminal that was started from the desktop has such a variable as well, and so has all that is typed into it: the
 * process that it names, and the leader of the session, have to be of that run, as far as they live.
 */
function isDesktopEntry(environment: string, session: number, marker: string): boolean {
  const entry = Number(variableIn(environment, DESKTOP_PID));
  const value = variableIn(environment, marker);
  const isOfRun = (pid: number): boolean => variableIn(environmentOf(pid) ?? '', marker) === value;
  if (!Number.isInteger(entry) || entry <= 1 || value === undefined || !isOfRun(entry)) return false;
  return readLinuxRow(session) === undefined || isOfRun(session);
}

function sessionOf(pid: number): number | undefined {
  const stat = readTextOrNothing(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseGroups(stat).session;
}

function listensOn(pid: number, port: number): boolean {
  const inodes = new Set(
    (['ipv4', 'ipv6'] as const).flatMap((family) => {
      const table = `/proc/${pid}/net/${family === 'ipv4' ? 'tcp' : 'tcp6'}`;
      const sockets = parseProcNet(readTextOrNothing(table) ?? '', family);
      return sockets.filter((each) => each.port === port).map(({ inode }) => `socket:[${inode}]`);
    }),
  );
  return inodes.size > 0 && filesOf(pid).some((file) => inodes.has(file));
}

function filesOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((fd) => readlinkSync(`${folder}/${fd}`));
  } catch {
    // It has ended, or opens and closes files just now.
    return [];
  }
}
