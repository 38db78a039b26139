import { homedir } from 'node:os';
import { formatDuration } from '../../base/duration.ts';
import { tildePath, withoutFolders } from '../../base/short-text.ts';
import type { ExternalListener, WireListener } from '../../protocol/answers/listener.ts';
import type { Column } from './fit-columns.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';
import { startOf, widthOf } from './text-width.ts';

const LONGEST_COMMAND = 60;

/** A path as people write it. */
export function shortPath(path: string): string {
  return tildePath(path, homedir());
}

/** The end of a command tells more than the folder of its program. */
export function shorten(command: string): string {
  const text = withoutFolders(command);
  return widthOf(text) > LONGEST_COMMAND ? `${startOf(text, LONGEST_COMMAND - 1)}…` : text;
}

/** @param time ISO 8601 */
export const ago = (time: string): string => `${formatDuration(Date.now() - Date.parse(time))} ago`;

/** Who listens: the container, the command, or whose secret it is. */
export function holderOf({ container, command, pid, user }: WireListener): string {
  if (container) return containerWords(container);
  return shorten(command ?? (pid === null ? `a program of ${user ?? 'another user'}` : 'a program'));
}

export function containerWords({
  name,
  compose_project: project,
}: NonNullable<WireListener['container']>): string {
  return `container ${name}${project === null ? '' : ` (compose project ${project})`}`;
}

export const ORIGIN_COLUMNS: readonly Column[] = [
  { heading: 'PID', spare: 5 },
  { heading: 'USER', spare: 1 },
  { heading: 'PROJECT', cut: 'start', least: 14 },
  { heading: 'BRANCH', cut: 'end', least: 12, spare: 2 },
  { heading: 'SINCE', spare: 3 },
];

/** Pid, user, worktree, branch and age, for a table. */
export function originCells({
  pid,
  user,
  project_path: path,
  branch,
  started_at: since,
}: WireListener): string[] {
  return [
    pid === null ? '-' : String(pid),
    user ?? '-',
    path === null ? '-' : shortPath(path),
    branch ?? '-',
    since === null ? '-' : ago(since),
  ];
}

export function externalTable(external: readonly ExternalListener[], out: Output): string {
  return table(
    [
      'PORT',
      { heading: 'ADDRESS', spare: 4 },
      'TYPE',
      ...ORIGIN_COLUMNS,
      { heading: 'COMMAND', cut: 'end', least: 18 },
    ],
    external
      .toSorted((a, b) => a.port - b.port)
      .map((listener) => [
        out.paint('bold', String(listener.port)),
        listener.address,
        listener.service_type,
        ...originCells(listener),
        holderOf(listener),
      ]),
    out,
  );
}
