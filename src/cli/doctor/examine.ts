import { existsSync } from 'node:fs';
import { StyxyError } from '../../base/styxy-error.ts';
import type { StatusAnswer } from '../../protocol/answers/status.ts';
import { PROTOCOL, VERSION } from '../../protocol/version.ts';
import { diedServices } from '../../up/died-services.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import { checkNearestPackage } from '../../project/package-file.ts';
import { badConfig } from '../../settings/problem.ts';
import { parseJsonConfig, parseUserConfig } from '../../settings/parse.ts';
import { DAEMON_PORT } from '../../settings/defaults.ts';
import type { UserConfig } from '../../settings/schema.ts';
import { resolveCatalog } from '../../settings/service-types.ts';
import { networkDiskOf } from '../../system/files/network-disk.ts';
import { readSmallText, readTextOrNothing } from '../../system/files/read-text.ts';
import { whyUnmakable, whyUnwritable } from '../../system/files/why-unwritable.ts';
import { readEphemeralPorts } from '../../system/ports/ephemeral.ts';
import { findWorktree } from '../../system/worktree.ts';
import { sleep } from '../../system/sleep.ts';
import type { Context } from '../context.ts';
import { describeService, serviceManagerOf } from '../service/service.ts';
import { advice, failed, type Check } from './check.ts';
import { checkConfig, checkUnread } from './config.ts';
import { checkLastStart, checkLock, checkOneDaemon, checkSocket, checkVersions } from './daemon.ts';
import { checkDisk, checkHome, checkPermissions } from './files.ts';
import { checkJournal } from './journal.ts';
import {
  readControlGroup,
  readFileFacts,
  readScripts,
  readHttpPort,
  readJournalFile,
  readLock,
  askSocket,
  findDaemons,
  askForOutsiders,
  tryTools,
  findsHostNames,
} from './facts.ts';
import {
  checkEphemeralRange,
  checkHttpPort,
  checkOutsiders,
  foldersToRead,
  type ManagedRange,
} from './ports.ts';
import { checkControlGroup, checkNames, checkNode, checkService, checkSystem, checkTools } from './system.ts';

/** More than a record of the journal needs to get into its file. */
const WRITE_TAKES_MS = 50;

/** All checks, in the order in which a fault in one explains those behind it. Takes as long as a daemon may to answer. */
export async function examine(context: Context): Promise<Check[]> {
  const { paths, env } = context;
  const lock = readLock(paths);
  const socket = await askSocket(paths, lock);
  const status = socket.answer === 'status' ? socket.status : undefined;
  const daemon =
    lock.file && lock.isAlive ? { version: lock.file.version, protocol: status?.protocol } : undefined;
  const group = lock.file && lock.isAlive ? readControlGroup(lock.file.pid) : undefined;
  const daemons = findDaemons(paths.root);
  const config = readUserConfig(paths.config);
  const outsiders = status && (await askForOutsiders(socket.path));
  const scriptsIn = await readScripts(foldersToRead(outsiders ?? []));
  return [
    ...checkFiles(paths, socket.path),
    checkLock(lock),
    checkSocket(socket, lock.isAlive),
    ...(daemons ? [checkOneDaemon(daemons, lock.isAlive ? lock.file?.pid : undefined)] : []),
    ...(group ? [checkControlGroup(group)] : []),
    checkVersions({ version: VERSION, protocol: PROTOCOL }, daemon),
    ...(status ? [checkLastStart(status)] : []),
    await checkState(paths, lock.isAlive),
    config.check,
    ...checkCurrentFolder(context),
    await checkProject(context),
    ...checkScripts(context),
    await checkWantedHttpPort(env, status),
    await checkRanges(config.settings),
    ...(outsiders ? [checkOutsiders(outsiders, scriptsIn)] : []),
    ...checkServices(context),
    await checkMachine(),
    ...checkInstalledService(context),
    checkNode(process.versions.node),
    checkSystem(process.platform),
    checkNames(await findsHostNames(), process.platform),
  ];
}

function checkFiles({ home, token, state, pid, log }: Context['paths'], socket: string): Check[] {
  const folder = readFileFacts(home, true);
  const ownUid = process.geteuid?.();
  const files = [token, state, pid, log, ...(process.platform === 'win32' ? [] : [socket])];
  return [
    checkHome(home, folder, ownUid, folder ? undefined : whyUnmakable(home)),
    checkPermissions(
      files.flatMap((path) => readFileFacts(path) ?? []),
      ownUid,
    ),
    ...(folder?.kind === 'folder' && (ownUid === undefined || folder.uid === ownUid)
      ? [checkDisk(home, whyUnwritable(home), networkDiskOf(home))]
      : []),
  ];
}

/** A record that is being written right now looks like damage, once. */
async function checkState(paths: Context['paths'], isDaemonAlive: boolean): Promise<Check> {
  const check = checkJournal(readJournalFile(paths), isDaemonAlive);
  if (check.ok || !isDaemonAlive) return check;
  await sleep(WRITE_TAKES_MS);
  return checkJournal(readJournalFile(paths), isDaemonAlive);
}

function readUserConfig(path: string): { settings: UserConfig; check: Check } {
  const check = (problem?: unknown): Check =>
    checkConfig('config', existsSync(path) ? path : undefined, problem);
  const text = readSmallText(path);
  try {
    if (text === undefined && existsSync(path)) throw new StyxyError('BAD_CONFIG', `${path} can't be read`);
    const settings = parseUserConfig(text === undefined ? {} : parseJsonConfig(text, path), path);
    resolveCatalog(settings.service_types);
    return { settings, check: check() };
  } catch (error) {
    return { settings: parseUserConfig({}, path), check: check(error) };
  }
}

/** Told only where it was removed. */
function checkCurrentFolder({ cwd }: Context): Check[] {
  try {
    process.cwd();
    return [];
  } catch {
    return [failed('current folder', `${cwd} was removed`, 'cd to a folder that is there')];
  }
}

async function checkProject({ cwd, looking }: Context): Promise<Check> {
  const name = 'project config';
  try {
    let skipped: string | undefined;
    const access = { ...looking, unread: (file: string) => (skipped = file) };
    const project = await loadProjectConfig(cwd, findWorktree(cwd).path, access);
    return skipped === undefined ? checkConfig(name, project?.file, undefined) : checkUnread(name, skipped);
  } catch (error) {
    return checkConfig(name, undefined, error);
  }
}

/** Told only where something is wrong. */
function checkScripts({ cwd }: Context): Check[] {
  const { file, problems } = checkNearestPackage(cwd, findWorktree(cwd).path) ?? { file: '', problems: [] };
  return problems.length === 0 ? [] : [checkConfig('package scripts', file, badConfig(file, problems))];
}

/** Told only where one is missing. */
function checkServices({ paths }: Context): Check[] {
  const died = diedServices(paths, []);
  if (died.length === 0) return [];
  const all = died.map(({ name, project }) => `${name} of ${project} has ended by itself`);
  const commands = died.map(({ name, project }) => `cd ${project} && styxy logs ${name}`);
  return [advice('services', all.join('; '), commands.join('\n'))];
}

async function checkWantedHttpPort(env: NodeJS.ProcessEnv, status: StatusAnswer | undefined): Promise<Check> {
  const text = env.STYXY_HTTP_PORT || String(DAEMON_PORT);
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    return failed(
      'http port',
      `STYXY_HTTP_PORT is "${text}"`,
      'set it to a port, or to 0 for the socket alone',
    );
  }
  return checkHttpPort(await readHttpPort(status?.http_port_wanted ?? Number(text), status));
}

async function checkRanges({ service_types, auto_allocation: auto }: UserConfig): Promise<Check> {
  const { range, reserved } = await readEphemeralPorts();
  const types: ManagedRange[] = [...resolveCatalog(service_types).types.values()];
  if (auto.enabled) types.push({ name: 'auto_allocation', range: [auto.min_port, auto.max_port] });
  return checkEphemeralRange(range, reserved, types, process.platform);
}

async function checkMachine(): Promise<Check> {
  const { tools, missing } = await tryTools();
  return checkTools(tools, missing, process.platform);
}

function checkInstalledService(context: Context): Check[] {
  const manager = serviceManagerOf(context);
  if (!manager) return [];
  const state = manager.state();
  const isCurrent = readTextOrNothing(manager.path) === describeService(manager, context);
  return [checkService({ ...state, path: manager.path, isCurrent, startCommand: manager.startCommand })];
}
