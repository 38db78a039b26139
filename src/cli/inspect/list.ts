import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatDuration } from '../../base/duration.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { ExternalListener } from '../../protocol/answers/listener.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { ListQuery } from '../../protocol/requests/queries.ts';
import { ownNetwork } from '../../system/network-namespace.ts';
import { isElsewhere, serviceLogFolder } from '../../system/paths.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { answeringPort, paintedState } from '../print/lease-state.ts';
import { externalTable, shorten, shortPath } from '../print/listeners.ts';
import type { Result } from '../words/define.ts';
import type { Output } from '../print/output.ts';
import type { Column } from '../print/fit-columns.ts';
import { table } from '../print/table.ts';

interface Flags {
  type?: string;
  project?: string;
  external?: boolean;
  remembered?: boolean;
  watch?: boolean;
  json?: boolean;
}

export async function execute(context: Context, flags: Flags): Promise<Result> {
  const { coordinator, cwd, out } = context;
  const project = flags.project === undefined ? undefined : findWorktree(resolve(cwd, flags.project)).path;
  if (flags.watch && flags.remembered)
    throw new StyxyError('USAGE', '--watch and --remembered exclude each other');
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
  if (flags.remembered) return listRemembered(context, { type: flags.type, project }, answer, flags.json);
  if (flags.json) out.json(answer);
  else print(answer.allocations, answer.external, flags.external ?? false, out);
  if (!flags.json) await tellDied(context, project, answer);
  if (!flags.json && isElsewhere(context.paths))
    out.note(`This is the network ${ownNetwork()}: leases of other networks are not listed.`);
  return 0;
}

/** What is missing in the list although nobody has ended it. */
async function tellDied(
  { out, paths }: Context,
  project: string | undefined,
  { allocations }: ListAnswer,
): Promise<void> {
  // Most homes have none, and load nothing for it.
  if (!existsSync(serviceLogFolder(paths))) return;
  const { describeDied, diedServices } = await import('../../up/died-services.ts');
  for (const died of diedServices(paths, allocations)) {
    const where = died.project === project ? '' : ` (${shortPath(died.project)})`;
    if (project === undefined || where === '') out.note(`styxy: ${describeDied(died)}${where}`);
  }
}

async function listRemembered(
  { coordinator, out }: Context,
  query: ListQuery,
  answer: ListAnswer,
  json: boolean | undefined,
): Promise<Result> {
  const { remembered } = await coordinator.remembered(query);
  if (json) out.json({ ...answer, remembered });
  else (await import('./remembered.ts')).printRemembered(remembered, out);
  return 0;
}

/** The daemon knows a type that a project has for itself by its leases alone: without any there is nothing to list. */
async function withoutLeases(
  { cwd, looking }: Context,
  type: string | undefined,
  error: unknown,
): Promise<ListAnswer> {
  if (type === undefined || !(error instanceof StyxyError && error.code === 'UNKNOWN_TYPE')) throw error;
  const { ownTypeIn } = await import('../../project/own-types.ts');
  if (!(await ownTypeIn(cwd, findWorktree(cwd).path, type, looking))) throw error;
  return { allocations: [], external: [] };
}

/** Of the listeners that only `--external` shows. */
const MOST_PORTS = 5;
/** The address says little more than the port: it is for windows in which nothing has to give way for it. */
const WIDE = 120;
/** There is room for the longer address, by host name. */
const VERY_WIDE = 160;
const COLUMNS: readonly Column[] = [
  { heading: 'PORT' },
  { heading: 'SERVICE', cut: 'end', least: 16 },
  { heading: 'TYPE', spare: 1 },
  { heading: 'STATE' },
  { heading: 'URL', spare: 0 },
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
  const byPort = allocations.toSorted((a, b) => answeringPort(a) - answeringPort(b));
  if (byPort.length > 0) {
    // Most people have no instances, and a column of dashes tells them nothing.
    const withInstance = byPort.some(({ instance_id: id }) => id !== null);
    const isShown = ({ heading }: Column): boolean =>
      (heading !== 'INSTANCE' || withInstance) && (heading !== 'URL' || (out.width ?? 0) >= WIDE);
    const shown = COLUMNS.map(isShown);
    const rows = byPort.map((each) => row(each, out).filter((_, at) => shown[at]));
    out.data(table(COLUMNS.filter(isShown), rows, out));
  } else out.note('No leases. Start something with: styxy run -- npm run dev');
  if (showExternal) printExternal(external, byPort.length > 0, out);
  else {
    const isOurs = ({ started_with: id }: ExternalListener): boolean => id !== undefined;
    countExternal(
      external.filter((each) => !isOurs(each)),
      'not started by Styxy',
      out,
    );
    countExternal(external.filter(isOurs), 'started by Styxy, with no lease now', out);
  }
}

function countExternal(external: readonly ExternalListener[], what: string, out: Output): void {
  if (external.length === 0) return;
  const ports = external.slice(0, MOST_PORTS).map(({ port }) => String(port));
  if (external.length > MOST_PORTS) ports.push('…');
  const count = external.length === 1 ? '1 more was' : `${external.length} more were`;
  out.note(`${count} ${what} (${ports.join(', ')}): styxy list --external`);
}

/** One cell for each of COLUMNS. */
function row(allocation: Allocation, out: Output): string[] {
  const { service_name: name, service_type: type, project_path: path, branch, command } = allocation;
  return [
    out.paint('bold', String(answeringPort(allocation))),
    name ?? '-',
    type,
    paintedState(allocation, out),
    (out.width ?? 0) >= VERY_WIDE ? (allocation.name_url ?? allocation.url) : allocation.url,
    path === null ? '-' : shortPath(path),
    branch ?? '-',
    allocation.instance_id ?? '-',
    formatDuration(Date.now() - Date.parse(allocation.allocated_at)),
    shorten(command ?? '-'),
  ];
}

function printExternal(external: ExternalListener[], isBelow: boolean, out: Output): void {
  if (external.length === 0)
    return out.note(
      'Every listener on a managed port, or on a port of a known tool, has a lease. All other ports: styxy scan',
    );
  out.data(`${isBelow ? '\n' : ''}${externalTable(external, out)}`);
}
