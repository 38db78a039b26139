import { parsePort } from '../../base/port-number.ts';
import { nearestName } from '../../base/nearest-name.ts';
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
  if (word !== undefined && isPortWord(word)) return leaseAt(coordinator, word);
  const { allocations } = await coordinator.list();
  const [first, ...more] = leasesMeant(word, here, allocations);
  if (!first) throw noneMeant(word, here.path, allocations);
  if (more.length > 0) throw severalMeant(word, [first, ...more]);
  return first;
}

/**
 * Every word is understood before anything is done.
 * @param explain what else is to be said of a word that means none
 * @throws StyxyError as for one word
 */
export async function findEach(
  coordinator: Leases,
  words: readonly string[],
  here: Here,
  explain = async (error: unknown, _word: string): Promise<unknown> => error,
): Promise<Allocation[]> {
  const found = new Map<string, Allocation>();
  for (const word of words) {
    const lease = await findLease(coordinator, word, here).catch(async (error: unknown) => {
      throw await explain(error, word);
    });
    found.set(lease.lock_id, lease);
  }
  return [...found.values()];
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

/** What of this worktree the word is a typo of, if anything. */
export function nearestOf(
  word: string,
  { path }: Pick<Here, 'path'>,
  allocations: readonly Allocation[],
): string | undefined {
  const own = allocations.filter((lease) => isUsedIn(path, lease));
  return nearestName(word, own.map(nameOf));
}

export function severalMeant(word: string | undefined, leases: readonly Allocation[]): StyxyError {
  const what = word === undefined ? 'several services run here' : `"${word}" could mean several leases`;
  const names = leases.map(nameOf);
  const isNamed = new Set(names).size === names.length && !names.includes(word ?? '');
  return new StyxyError('USAGE', what, {
    why: `there are ${leases.map(describeLease).join(' and ')}`,
    hint: isNamed
      ? `say which one by its name, like ${names[0]}`
      : `say which one by its port: ${leases.map(({ port }) => port).join(' or ')}`,
    details: { ports: leases.map(({ port }) => port) },
  });
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
  const near = word === undefined ? undefined : nearestOf(word, { path: here }, all);
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
              ? `what has a lease here is ${own.map(describeLease).join(' and ')}`
              : `no service of ${here} has a lease`,
          hint: near === undefined ? start : `did you mean "${near}"?`,
        },
  );
}

function describeLease(lease: Allocation): string {
  const { service_name: name, service_type: type, service_folder: folder, port } = lease;
  const where = folder ? `${folder}, ` : '';
  const { kind } = lease.holder;
  const isKept = (kind === 'ttl' || kind === 'instance') && lease.listeners.length === 0;
  if (name === null) return `a ${isKept ? 'reservation' : 'lease'} of type ${type} (port ${port})`;
  return `${name} (${where}${type}, port ${port}${isKept ? ', reserved' : ''})`;
}

const placeOf = ({ project_path: path, port }: Allocation): string =>
  path === null ? `outside of any worktree (port ${port})` : `in ${path} (port ${port})`;
