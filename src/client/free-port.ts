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
  const isOpen = async (port: number): Promise<boolean> => !except.includes(port) && (await isPortFree(port));
  for (const wish of wishes) if (wish !== undefined && (await isOpen(wish))) return wish;
  const { default: getPort, portNumbers, clearLockedPorts } = await import('get-port');
  clearLockedPorts();
  const found = await getPort({ port: portNumbers(first, last), exclude: except });
  return found >= first && found <= last && (await isOpen(found)) ? found : undefined;
}
