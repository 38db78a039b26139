import { appendFileSync } from 'node:fs';
import { nearestName } from '../../base/nearest-name.ts';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { loadProjectConfig } from '../../project/load-config.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { CheckAnswer } from '../../protocol/answers/ports.ts';
import { hereOf } from '../../run/plan/here.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import type { Output } from '../print/output.ts';
import { type Foreign, recall, type Restartable, startAgain } from './restart.ts';
import { moveByOrder } from './restart-attached.ts';

interface Flags {
  timeout: number;
  json?: boolean;
}

type Service = Restartable | Foreign;

/** What has the port now, in another worktree of the repository, and where it goes on. */
type Other = Service & { lease: Allocation; nextPort: number };

export async function execute(context: Context, flags: Flags, [what = '']: string[]): Promise<number> {
  const { coordinator } = context;
  const port = await fixedPort(context, what);
  const own = await recall(context, what);
  const checked = await coordinator.check(port);
  if (own.lease && checked.allocation?.lock_id === own.lease.lock_id)
    return report(context, flags, own.lease);
  const other = await findOther(context, checked);
  try {
    if (other) await moveAway(context, other, flags, port);
    await restart(context, own, flags, port);
  } catch (error) {
    if (other) await moveBack(context, other, flags, port);
    throw error;
  }
  const { path } = hereOf(context.cwd);
  const { allocations } = await coordinator.list({ project: path });
  const now = allocations.find((each) => each.service_name === (own.lease?.service_name ?? what));
  if (now?.port !== port) throw lost(port, now);
  return report(context, flags, now, other && (await leaseNow(context, other.lease)));
}

/** @throws StyxyError USAGE */
async function fixedPort({ cwd, looking }: Context, what: string): Promise<number> {
  const project = await loadProjectConfig(cwd, hereOf(cwd).path, { ...looking, code: 'consent' });
  const services = project?.config.services ?? {};
  const service = Object.hasOwn(services, what) ? services[what] : undefined;
  const port = service?.prefer ?? service?.port;
  if (port !== undefined) return port;
  const near = service ? undefined : nearestName(what, Object.keys(services));
  throw new StyxyError('USAGE', `"${what}" has no fixed port`, {
    why: service
      ? `${project?.file} names no "prefer" for it`
      : 'no configuration of this project names the service',
    hint:
      near === undefined
        ? `write "prefer": 3000 into "services.${what}" of the configuration`
        : `did you mean "${near}"?`,
  });
}

/** @throws StyxyError PORT_TAKEN when what has the port is no worktree of this repository */
async function findOther(
  context: Context,
  { port, allocation, listener }: CheckAnswer,
): Promise<Other | undefined> {
  if (!allocation) {
    if (listener)
      throw taken(port, `${listener.command ?? 'a program'} (pid ${listener.pid}), not started by Styxy`);
    return undefined;
  }
  const { project_path: path, service_name: name, service_type: type } = allocation;
  const own = findWorktree(context.cwd);
  const isSibling = path !== null && path !== own.path && own.repository !== null;
  if (!isSibling || findWorktree(path).repository !== own.repository)
    throw taken(port, `${name ?? type}${path === null ? '' : ` of ${path}`}`);
  const found = await recall(at(context, path), allocation.lock_id);
  const { suggestions } = await context.coordinator.suggest(type, {
    project_path: path,
    ...(name !== null && { service_name: name }),
  });
  const [nextPort] = suggestions;
  if (nextPort === undefined) throw noPortFor(allocation);
  return { ...found, lease: allocation, nextPort };
}

const taken = (port: number, by: string): StyxyError =>
  new StyxyError('PORT_TAKEN', `port ${port} is taken`, { why: `${by} has it`, hint: `styxy whose ${port}` });

const noPortFor = ({ service_name: name, service_type: type, project_path: path }: Allocation): StyxyError =>
  new StyxyError('RANGE_FULL', `there is no other port for ${name ?? type} of ${path}`, {
    why: 'it has the port now, and would have to go on at another one',
  });

const lost = (port: number, now: Allocation | undefined): StyxyError =>
  new StyxyError('PORT_TAKEN', `port ${port} was taken meanwhile`, {
    why: now ? `the service runs on ${now.port}` : 'the service does not run',
    hint: `styxy whose ${port}`,
  });

async function moveAway(context: Context, other: Other, flags: Flags, port: number): Promise<void> {
  const { project_path: path, service_name: name } = other.lease;
  const { path: here } = hereOf(context.cwd);
  if (!isInBackground(other)) {
    const where = { preferred_port: other.nextPort, taken_by: here };
    const now = await moveByOrder(context, other.lease, where, flags.timeout);
    if (now.port === port) throw taken(port, `${name} of ${path}, which has found no other port,`);
    return;
  }
  await restartUnseen(at(context, path ?? ''), other, flags, other.nextPort);
  // It is read where the service's own words are.
  appendFileSync(
    other.start.log ?? other.log,
    `styxy: ${here} has taken port ${port} (styxy switch); ${name} goes on at http://localhost:${other.nextPort}\n`,
  );
}

/** Where it was before. Why it had to be is what the user is told, so what fails here is a note. */
async function moveBack(context: Context, other: Other, flags: Flags, port: number): Promise<void> {
  const { project_path: path, service_name: name } = other.lease;
  try {
    const lease = await leaseNow(context, other.lease);
    const isThere = lease?.port === port && lease.listeners.length > 0;
    if (isThere || lease?.lock_id === other.lease.lock_id) return;
    if (!lease && !other.start) throw new Error('it has ended, and only the one who started it knows how');
    await restartUnseen(at(context, path ?? ''), { ...other, lease } as Service, flags, port);
  } catch (error) {
    context.out.note(`styxy: ${name} of ${path} could not be started on ${port} again: ${messageOf(error)}`);
  }
}

/** It is started from its record; of what runs at a terminal, the starter shows what it prints, and so starts it again. */
function isInBackground(found: Service): found is Restartable {
  return found.start !== undefined && (found.lease === undefined || found.start.attachedTo === undefined);
}

/** What its start has to say is meant for another worktree than this one, and told only if it fails. */
async function restartUnseen(context: Context, found: Service, flags: Flags, port: number): Promise<void> {
  const { out } = context;
  const notes: string[] = [];
  try {
    await restart({ ...context, out: { ...out, note: (text) => void notes.push(text) } }, found, flags, port);
  } catch (error) {
    for (const text of notes) out.note(text);
    throw error;
  }
}

/** @throws StyxyError when it does not listen in time */
async function restart(context: Context, found: Service, { timeout }: Flags, port: number): Promise<void> {
  if (!isInBackground(found)) {
    await moveByOrder(context, found.lease, { preferred_port: port }, timeout);
    return;
  }
  const quiet = { ...context, out: withoutData(context.out) };
  const code = await startAgain(quiet, found, { wait: true, timeout }, port);
  if (code !== 0)
    throw new StyxyError(
      'SERVICE_ENDED',
      `${found.lease?.service_name ?? 'the service'} could not be started on ${port}`,
    );
}

/** Its one document or line is told at the end. */
function withoutData(out: Output): Output {
  const nothing = (): void => undefined;
  return { ...out, line: nothing, json: nothing, data: nothing };
}

const at = (context: Context, cwd: string): Context => ({ ...context, cwd });

async function leaseNow({ coordinator }: Context, before: Allocation): Promise<Allocation | undefined> {
  const { allocations } = await coordinator.list({ project: before.project_path ?? undefined });
  return allocations.find(
    ({ service_name: name, project_path: path }) =>
      name === before.service_name && path === before.project_path,
  );
}

function report({ out }: Context, { json }: Flags, own: Allocation, other?: Allocation): number {
  const { service_name, port, url, name_url } = own;
  if (other) out.note(`styxy: ${other.service_name} of ${other.project_path} goes on at ${other.url}`);
  if (json) out.json({ service_name, port, url, name_url, other: other ?? null });
  else out.line(name_url ?? url);
  return 0;
}
