import { resolve } from 'node:path';
import { formatDuration } from '../../base/duration.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ExternalListener } from '../../protocol/answers/listener.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { externalTable, shorten, shortPath } from '../print/listeners.ts';
import type { Result } from '../words/define.ts';
import type { Output } from '../print/output.ts';
import type { Column } from '../print/fit-columns.ts';
import { table } from '../print/table.ts';

interface Flags {
  type?: string;
  project?: string;
  external?: boolean;
  watch?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags): Promise<Result> {
  const { coordinator, cwd, out } = context;
  const project = flags.project === undefined ? undefined : findWorktree(resolve(cwd, flags.project)).path;
  if (flags.watch) {
    const { watchList } = await import('./list-watch.ts');
    return watchList(context, {
      query: { type: flags.type, project },
      json: flags.json ?? false,
      print: (answer, to) => print(answer.allocations, answer.external, flags.external ?? false, to),
    });
  }
  const answer = await coordinator
    .list({ type: flags.type, project })
    .catch((error: unknown) => withoutLeases(context, flags.type, error));
  if (flags.json) out.json(answer);
  else print(answer.allocations, answer.external, flags.external ?? false, out);
  return 0;
}

/** The daemon knows a type that a project has for itself by its leases alone: without any there is nothing to list. */
async function withoutLeases(
  { cwd }: Context,
  type: string | undefined,
  error: unknown,
): Promise<ListAnswer> {
  if (type === undefined || !(error instanceof StyxyError && error.code === 'UNKNOWN_TYPE')) throw error;
  const { ownTypeIn } = await import('../../project/own-types.ts');
  if (!(await ownTypeIn(cwd, findWorktree(cwd).path, type))) throw error;
  return { allocations: [], external: [] };
}

/** Of the listeners that only `--external` shows. */
const MOST_PORTS = 5;
const COLUMNS: readonly Column[] = [
  { heading: 'PORT' },
  { heading: 'SERVICE', cut: 'end', least: 16 },
  { heading: 'TYPE', spare: 1 },
  { heading: 'STATE' },
  { heading: 'PROJECT', cut: 'start', least: 14 },
  { heading: 'BRANCH', cut: 'end', least: 12, spare: 3 },
  { heading: 'INSTANCE', cut: 'end', least: 12, spare: 4 },
  { heading: 'AGE' },
  { heading: 'COMMAND', cut: 'end', least: 12, spare: 2 },
];

function print(
  allocations: Allocation[],
  external: ExternalListener[],
  showExternal: boolean,
  out: Output,
): void {
  const byPort = allocations.toSorted((a, b) => a.port - b.port);
  if (byPort.length > 0) {
    // Most people have no instances, and a column of dashes tells them nothing.
    const withInstance = byPort.some(({ instance_id: id }) => id !== null);
    const columns = COLUMNS.filter(({ heading }) => withInstance || heading !== 'INSTANCE');
    const rows = byPort.map((each) => row(each, withInstance, out));
    out.data(table(columns, rows, out));
  } else out.note('No leases. Start something with: styxy run -- npm run dev');
  if (showExternal) printExternal(external, byPort.length > 0, out);
  else if (external.length > 0) {
    const ports = external.slice(0, MOST_PORTS).map(({ port }) => String(port));
    if (external.length > MOST_PORTS) ports.push('…');
    out.note(`${external.length} more went past Styxy (${ports.join(', ')}): styxy list --external`);
  }
}

function row(allocation: Allocation, withInstance: boolean, out: Output): string[] {
  const {
    port,
    service_name: name,
    service_type: type,
    state,
    project_path: path,
    branch,
    command,
  } = allocation;
  const colour = ({ bound: 'green', drifted: 'yellow', orphaned: 'yellow' } as const)[state as 'bound'];
  const moved =
    state === 'drifted' ? ` to ${allocation.listeners.map((listener) => listener.port).join(', ')}` : '';
  return [
    out.paint('bold', String(port)),
    name ?? '-',
    type,
    `${colour ? out.paint(colour, state) : state}${moved}`,
    path === null ? '-' : shortPath(path),
    branch ?? '-',
    ...(withInstance ? [allocation.instance_id ?? '-'] : []),
    formatDuration(Date.now() - Date.parse(allocation.allocated_at)),
    shorten(command ?? '-'),
  ];
}

function printExternal(external: ExternalListener[], isBelow: boolean, out: Output): void {
  if (external.length === 0) return out.note('Nothing goes past Styxy.');
  out.data(`${isBelow ? '\n' : ''}${externalTable(external, out)}`);
}
