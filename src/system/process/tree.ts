import { isAlive } from './identity.ts';
import type { MayBeYounger } from './pid-order.ts';
import { processTable } from './platform-table.ts';
import type { ProcessIdentity, ProcessRow, ProcessView } from './process-table.ts';

/**
 * A process and all its living descendants, the root first, parents before children; empty when the root has ended.
 * Who is left out (the caller itself, say) is left out with all that it started.
 * A process whose parent ended belongs to init and is not found here: take the snapshot while the parent lives, or
 * use `findMarked`.
 */
export function snapshotTree(rootPid: number, leaveOut?: number): ProcessIdentity[] {
  const { read, childrenOf } = currentView();
  const tree: ProcessIdentity[] = [];
  const seen = new Set<number>();
  const pids = [rootPid];
  // The list grows while it is walked.
  for (const pid of pids) {
    const row = pid === leaveOut || seen.has(pid) ? undefined : read(pid);
    if (row === undefined) continue;
    seen.add(pid);
    tree.push({ pid, startTime: row.startTime });
    pids.push(...childrenOf(pid));
  }
  return tree;
}

/** The same of exactly this process: nothing where its pid has come to belong to another one. */
export function snapshotTreeOf(root: ProcessIdentity): ProcessIdentity[] {
  const tree = snapshotTree(root.pid);
  // The tree is its own where it was there before and after.
  return tree[0]?.startTime === root.startTime && isAlive(root) ? tree : [];
}

/**
 * The living processes that were started with this environment variable at exactly one of these values, wherever they are in
 * the tree: a server that made itself a daemon keeps its environment. Only this user's processes can be read; macOS
 * hides the environment of its own programs; Windows shows none.
 */
export async function findMarked(name: string, values: readonly string[]): Promise<ProcessIdentity[]> {
  if (values.length === 0) return [];
  const all = await findAllMarked(name);
  return values.flatMap((value) => all.get(value) ?? []);
}

/** The same for all values at once, at the same cost. Values have no blanks. @param isCandidate others need not be looked at */
export async function findAllMarked(
  name: string,
  isCandidate?: MayBeYounger,
): Promise<Map<string, ProcessIdentity[]>> {
  return processTable().findAllMarked(name, isCandidate);
}

/** The pid of the parent; undefined when the process has ended. */
export function parentOf(pid: number): number | undefined {
  return processTable().read(pid)?.parent;
}

/** Who started a process, and who started that one: parents before their parents, without init. */
export function ancestorsOf(pid: number, { read } = currentView()): number[] {
  const found: number[] = [];
  let parent = read(pid)?.parent;
  while (parent !== undefined && parent > 1 && !found.includes(parent)) {
    found.push(parent);
    parent = read(parent)?.parent;
  }
  return found;
}

/** The one was started by the other, or by a descendant of it. A process is no descendant of itself. */
export function isDescendant(pid: number, ancestorPid: number, { read } = currentView()): boolean {
  const seen = new Set<number>();
  let parent = read(pid)?.parent;
  while (parent !== undefined && parent !== ancestorPid && !seen.has(parent)) {
    seen.add(parent);
    parent = read(parent)?.parent;
  }
  return parent === ancestorPid;
}

/** For several questions at once: elsewhere than on Linux, each view costs a `ps`. */
export function currentView(): ProcessView {
  const table = processTable();
  return table.view() ?? viewOf(table.readAll());
}

/** To walk in a list of all processes. */
export function viewOf(rows: readonly ProcessRow[]): ProcessView {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const children = new Map<number, number[]>();
  for (const { pid, parent } of rows) children.set(parent, [...(children.get(parent) ?? []), pid]);
  return { read: (pid) => byPid.get(pid), childrenOf: (pid) => children.get(pid) ?? [] };
}
