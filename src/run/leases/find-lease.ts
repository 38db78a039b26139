import { parsePort } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { CheckAnswer } from '../../protocol/answers/ports.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { Here } from '../plan/here.ts';

/*
 * Which lease a user means: by a port, by a lock id, or by a word for a service of this worktree: its name, or what it
 * runs, of the package around first. A lease without a name goes by its type. A word that could mean several means none
 * of them.
 */

type Leases = Pick<Coordinator, 'list' | 'check'>;

/** A word of digits is a port, whatever services are called. */
export const isPortWord = (word: string): boolean => /^\d+$/.test(word);

/**
 * @param word undefined: the only lease of this worktree
 * @throws StyxyError LEASE_NOT_FOUND, USAGE when several could be meant, INVALID_PORT
 */
export async function findLease(
  coordinator: Leases,
  word: string | undefined,
  here: Here,
): Promise<Allocation> {
  const found = await findLeases(coordinator, word, here);
  if (found.length > 1) throw severalMeant(word, found);
  return found[0];
}

/** The same, but the copies of one service that was started several times are meant together. */
export async function findService(
  coordinator: Leases,
  word: string,
  here: Here,
): Promise<readonly Allocation[]> {
  const found = await findLeases(coordinator, word, here);
  const [{ service_name: name, service_type: type, project_path: project }] = found;
  const isCopy = (each: Allocation): boolean =>
    name !== null &&
    each.service_name === name &&
    each.service_type === type &&
    each.project_path === project;
  if (found.length > 1 && !found.every(isCopy)) throw severalMeant(word, found);
  return found;
}

/** Those of these leases that the word may mean, when it is no port. */
export function leasesMeant(
  word: string | undefined,
  { path, folder, ofMachine }: Here,
  allocations: readonly Allocation[],
): Allocation[] {
  const found = allocations.filter((lease) =>
    word === undefined
      ? isUsedIn(path, lease)
      : lease.lock_id === word || (isCalled(lease, word) && isUsedIn(path, lease)),
  );
  // Without a word, the top of a worktree stands for all of it.
  const own = found.filter(
    (lease) => lease.service_folder === folder && (word !== undefined || folder !== ''),
  );
  if (found.length > 0 || !ofMachine || word === undefined) return own.length > 0 ? own : found;
  return allocations.filter((lease) => lease.singleton_scope === 'machine' && isCalled(lease, word));
}

const isCalled = (lease: Allocation, word: string): boolean =>
  nameOf(lease) === word || lease.program === word;

export function severalMeant(word: string | undefined, leases: readonly Allocation[]): StyxyError {
  const what = word === undefined ? 'several services run here' : `"${word}" could mean several leases`;
  const names = leases.map(nameOf);
  const isNamed = new Set(names).size === names.length && !names.includes(word ?? '');
  return new StyxyError('USAGE', what, {
    why: `there are ${leases.map(describeLease).join(' and ')}`,
    hint: isNamed
      ? `say which one by its name, like ${names[0]}`
      : `say which one by its port, like ${leases[0]?.port}`,
    details: { ports: leases.map(({ port }) => port) },
  });
}

type Found = readonly [Allocation, ...Allocation[]];

async function findLeases(coordinator: Leases, word: string | undefined, here: Here): Promise<Found> {
  if (word !== undefined && isPortWord(word)) return [await leaseAt(coordinator, word)];
  const { allocations } = await coordinator.list();
  const [first, ...more] = leasesMeant(word, here, allocations);
  if (!first) throw noneMeant(word, here.path, allocations);
  return [first, ...more];
}

/** Of a lease that several share, each of their worktrees counts. */
function isUsedIn(here: string, { project_path, sharers = [] }: Allocation): boolean {
  return project_path === here || sharers.some((sharer) => sharer.project_path === here);
}

const nameOf = ({ service_name: name, service_type: type }: Allocation): string => name ?? type;

async function leaseAt({ check }: Leases, word: string): Promise<Allocation> {
  const checked = await check(parsePort(word, 'the port of a lease'));
  if (checked.allocation) return checked.allocation;
  throw new StyxyError('LEASE_NOT_FOUND', `port ${checked.port} has no lease`, reasonOf(checked));
}

/** What Styxy has not started is not ours to end. */
function reasonOf({ listener, port, reason }: CheckAnswer): { why: string; hint?: string } {
  if (!listener) return { why: reason === 'free' ? 'nothing runs there' : reason };
  const { pid, command, started_with: id } = listener;
  if (pid === null) return { why: "it is another user's program", hint: `styxy whose ${port} tells more` };
  return {
    why: `pid ${pid} (${command ?? 'a program'}) was ${id === undefined ? 'not started by Styxy' : 'started by Styxy, and has no lease now'}`,
    hint: `end it yourself: kill ${pid}`,
  };
}

function noneMeant(word: string | undefined, here: string, all: readonly Allocation[]): StyxyError {
  const elsewhere = word === undefined ? [] : all.filter((lease) => nameOf(lease) === word);
  const own = all.filter((lease) => isUsedIn(here, lease));
  const start = `styxy run ${word === undefined ? '' : `--name ${word} `}-- <command> starts it`;
  return new StyxyError(
    'LEASE_NOT_FOUND',
    word === undefined ? 'nothing runs here' : `"${word}" does not run here`,
    elsewhere[0]
      ? {
          why: `it runs ${elsewhere.map(placeOf).join(' and ')}`,
          // Another project's is not to be ended by a slip of the tongue; one of no project has no other name.
          hint: elsewhere.every(({ project_path: path }) => path === null)
            ? `say which one by its port, like ${elsewhere[0].port}`
            : `${start} here`,
        }
      : {
          why:
            own.length > 0
              ? `what runs here is ${own.map(describeLease).join(' and ')}`
              : `no service of ${here} has a lease`,
          hint: start,
        },
  );
}

function describeLease(lease: Allocation): string {
  const { service_name: name, service_type: type, service_folder: folder, port } = lease;
  const where = folder ? `${folder}, ` : '';
  return name === null ? `a lease of type ${type} (port ${port})` : `${name} (${where}${type}, port ${port})`;
}

const placeOf = ({ project_path: path, port }: Allocation): string =>
  path === null ? `outside of any worktree (port ${port})` : `in ${path} (port ${port})`;
