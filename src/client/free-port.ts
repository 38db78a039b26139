import { StyxyError, systemCode } from '../base/styxy-error.ts';
import { isPortFree } from '../system/ports/probe.ts';

/**
 * A port that is free at this moment, for when no daemon can be had: nothing keeps others from taking it next.
 * get-port may leave the range and remembers what it gave, so its answer is asked of the system once more.
 * @param except ports that are neither wished for nor found
 * @returns undefined when nothing in the range is free
 */
export async function findFreePort(
  [first, last]: readonly [number, number],
  wishes: readonly (number | undefined)[],
  except: readonly number[] = [],
): Promise<number | undefined> {
  const isOpen = async (port: number): Promise<boolean> => !except.includes(port) && (await mayBeFree(port));
  for (const wish of wishes) if (wish !== undefined && (await isOpen(wish))) return wish;
  const { default: getPort, portNumbers, clearLockedPorts } = await import('get-port');
  clearLockedPorts();
  const found = await getPort({ port: portNumbers(first, last), exclude: except }).catch((error: unknown) => {
    if (!isForbidden(error)) throw error;
    return [...portNumbers(first, last)].find((port) => !except.includes(port)) ?? NaN;
  });
  return found >= first && found <= last && (await isOpen(found)) ? found : undefined;
}

/** In a sandbox where nothing may listen, nothing can be told: the command is started, and finds out itself. */
async function mayBeFree(port: number): Promise<boolean> {
  try {
    return await isPortFree(port);
  } catch (error) {
    if (isForbidden(error)) return true;
    throw error;
  }
}

const isForbidden = (error: unknown): boolean => systemCode(error) === 'EPERM';

/** What a program wants that no daemon can serve. */
export interface UnreservedWish {
  /** Exactly this one. */
  readonly port?: number | undefined;
  /** The first of these that is free. */
  readonly wishes?: readonly (number | undefined)[];
  readonly avoid?: readonly number[] | undefined;
}

/**
 * The same for a service type: the exact port, or the first that is free of the wish, the preferred ports and the range.
 * @throws StyxyError PORT_TAKEN, RANGE_FULL
 */
export async function takeFreePort(
  { range, preferred }: { range: readonly [number, number]; preferred: readonly number[] },
  { port: exact, wishes = [], avoid = [] }: UnreservedWish,
): Promise<number> {
  if (exact !== undefined) {
    if (!avoid.includes(exact) && (await mayBeFree(exact))) return exact;
    throw new StyxyError('PORT_TAKEN', `port ${exact} is taken`);
  }
  const port = await findFreePort(range, [...wishes, ...preferred], avoid);
  if (port !== undefined) return port;
  throw new StyxyError('RANGE_FULL', `no port from ${range.join(' to ')} is free`);
}
