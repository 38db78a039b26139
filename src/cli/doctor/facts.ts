import { existsSync, lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { LARGEST_OF_OTHERS, readSmallText } from '../../system/files/read-text.ts';
import { networkOf, ownNetwork } from '../../system/network-namespace.ts';
import { messageOf, StyxyError, systemCode } from '../../base/styxy-error.ts';
import { call, NoDaemonError } from '../../client/transport.ts';
import { isSilence } from '../../client/silent-daemon.ts';
import type { ListAnswer } from '../../protocol/answers/ports.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { ENDPOINTS } from '../../protocol/endpoints.ts';
import { parsePackage, readPackage, type Package } from '../../run/plan/scripts/read-package.ts';
import { rootNamed, type Paths } from '../../system/paths.ts';
import { sleep } from '../../system/sleep.ts';
import { findDaemonElsewhere } from '../../system/other-machine.ts';
import { parsePidFile } from '../../system/pid-file.ts';
import { isHolderAlive } from '../../system/pid-holder.ts';
import { listenersNow } from '../../system/ports/listeners.ts';
import { isPortFree } from '../../system/ports/probe.ts';
import { createPublishedPorts } from '../../system/ports/published-ports.ts';
import { controlGroupOf, limitsOfJob } from '../../system/process/control-group.ts';
import { environmentVariableOf } from '../../system/process/environment.ts';
import { bootId, describeProcess } from '../../system/process/identity.ts';
import { runStateOf } from '../../system/process/run-state.ts';
import { runTool } from '../../system/process/run-tool.ts';
import type { LockFacts, SocketFacts } from './daemon.ts';
import type { FileFacts } from './files.ts';
import type { JournalFacts } from './journal.ts';
import type { HttpPortFacts } from './ports.ts';

/*
 * What the checks judge, read from this machine. Nothing here starts, ends or changes anything, and nothing fails:
 * what can't be read is a fact as well.
 */

export function readFileFacts(path: string, followLink = false): FileFacts | undefined {
  try {
    const stats = followLink ? statSync(path) : lstatSync(path);
    return { path, mode: stats.mode & 0o7777, uid: stats.uid, kind: kindOf(stats) };
  } catch {
    return undefined;
  }
}

function kindOf(stats: Stats): FileFacts['kind'] {
  if (stats.isDirectory()) return 'folder';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? 'file' : 'other';
}

export function readLock({ pid: path }: Paths): LockFacts {
  const text = readSmallText(path);
  const file = text === undefined ? undefined : parsePidFile(text);
  const isAlive = file !== undefined && isHolderAlive(file, bootOrNothing());
  return {
    elsewhere: findDaemonElsewhere(path, bootOrNothing())?.machine,
    exists: text !== undefined || existsSync(path),
    file,
    isAlive,
    state: file && isAlive ? runStateOf(file.pid) : undefined,
  };
}

function bootOrNothing(): string {
  try {
    return bootId();
  } catch {
    return '';
  }
}

export async function askSocket({ socket }: Paths, lock: LockFacts): Promise<SocketFacts> {
  const path = (process.platform === 'win32' ? undefined : lock.file?.socket) || socket;
  const startedAt = performance.now();
  try {
    const status = await ask<StatusAnswer>(path, ENDPOINTS.status.path);
    return { path, answer: 'status', ms: performance.now() - startedAt, status };
  } catch (error) {
    if (isSilence(error)) return { path, answer: 'silence' };
    if (error instanceof NoDaemonError)
      return { path, answer: 'nobody', exists: readFileFacts(path) !== undefined };
    const why = error instanceof StyxyError && error.why ? `: ${error.why}` : '';
    return { path, answer: 'error', message: `${messageOf(error)}${why}` };
  }
}

/** Listeners on managed ports without a lease; undefined when the daemon does not say. */
export async function askForOutsiders(socket: string): Promise<ListAnswer['external'] | undefined> {
  try {
    return (await ask<ListAnswer>(socket, `${ENDPOINTS.list.path}?external=true`)).external;
  } catch {
    return undefined;
  }
}

/** Without saying who asks, so that a daemon of another version stays as it is. */
const ask = <Answer>(socket: string, path: string): Promise<Answer> =>
  call<Answer>(socket, { method: 'GET', path, anonymous: true });

export function readJournalFile({ state: path }: Paths): JournalFacts {
  try {
    // Reading a pipe would wait for a writer.
    if (!statSync(path).isFile()) return { path, unreadable: 'it is no regular file' };
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { path, missing: true };
    return { path, unreadable: messageOf(error) };
  }
}

export async function readHttpPort(
  wanted: number,
  daemon: { pid: number; http_port: number | null } | undefined,
): Promise<HttpPortFacts> {
  const facts = { wanted, actual: daemon?.http_port, holder: undefined, isFree: false };
  if (wanted === 0 || facts.actual === wanted) return facts;
  try {
    if (await isPortFree(wanted)) return { ...facts, isFree: true };
    const listeners = await listenersNow(createPublishedPorts(process.env).read);
    return { ...facts, holder: listeners.find(({ port }) => port === wanted) };
  } catch {
    return facts;
  }
}

/** Pids of daemons that were started for this home and network (Linux; elsewhere nobody tells a process's environment). */
export function findDaemons(home: string): number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) =>
        / daemon run( --\w+)*$/.test(describeProcess(pid)?.command ?? '') &&
        homeOf(pid) === home &&
        networkOf(pid) === ownNetwork(),
    );
}

const homeOf = (pid: number): string | undefined =>
  rootNamed(environmentVariableOf(pid, 'STYXY_HOME'), environmentVariableOf(pid, 'HOME') || '/');

/** Where the daemon is, and what limits it there; undefined on systems that don't tell. */
export function readControlGroup(pid: number): { path: string; limits: string[] } | undefined {
  const group = controlGroupOf(pid);
  return group && { path: group.path, limits: limitsOfJob(group) };
}

/** A disk that answers needs a thousandth of it. ms */
const SLOW_DISK_MS = 1000;

/**
 * The package scripts of the folders of other programs; undefined for a folder whose disk does not answer. A program that is
 * not waited for reads them: a dead mount would keep a thread of ours, and with it the end of this process.
 */
export async function readScripts(
  folders: readonly string[],
): Promise<(folder: string) => Package['scripts'] | undefined> {
  const hasHead = process.platform !== 'win32';
  const read = async (folder: string) => {
    const words = ['-c', String(LARGEST_OF_OTHERS), join(folder, 'package.json')];
    const text = hasHead ? await runTool('head', words, { timeoutMs: SLOW_DISK_MS }) : undefined;
    if (text === undefined && hasHead) return [folder, undefined] as const;
    const found = text === undefined ? readPackage(folder) : parsePackage(folder, text);
    return [folder, found?.scripts ?? {}] as const;
  };
  const found = new Map(await Promise.all([...new Set(folders)].map(read)));
  return (folder) => found.get(folder);
}

/** What the daemon reads listeners and processes with. */
export async function tryTools(platform = process.platform): Promise<{ tools: string[]; missing: string[] }> {
  if (platform === 'linux') {
    const tools = ['/proc/net/tcp', '/proc/self/stat', '/proc/self/fd'];
    return { tools, missing: tools.filter((path) => !existsSync(path)) };
  }
  const probes: [string, string[]][] =
    platform === 'win32'
      ? [
          ['netstat', ['-?']],
          ['powershell', ['-NoProfile', '-Command', 'exit']],
        ]
      : [
          ['lsof', ['-v']],
          ['netstat', ['-an', '-p', 'tcp']],
          ['ps', ['-p', String(process.pid)]],
        ];
  const found = await Promise.all(probes.map(([tool, args]) => runTool(tool, args)));
  const tools = probes.map(([tool]) => tool);
  return { tools, missing: tools.filter((_, index) => found[index] === undefined) };
}

/** A resolver that doesn't know such names may ask others, who are silent for seconds. */
const LOOKUP_MS = 500;

/** Whether the system knows that names below localhost are this machine. */
export async function findsHostNames(): Promise<boolean> {
  const found = lookup('styxy.localhost').then(
    () => true,
    () => false,
  );
  return Promise.race([found, sleep(LOOKUP_MS).then(() => false)]);
}
