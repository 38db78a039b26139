import { promises } from 'node:fs';

/** How many files of /proc are open at a time: enough to be quick, few enough to leave the event loop its turns. */
const BATCH = 50;

/** All process ids of this pid namespace (Linux), in ascending order. */
export async function listPids(): Promise<number[]> {
  return pidsIn(await promises.readdir('/proc'));
}

export function pidsIn(names: readonly string[]): number[] {
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Runs `work` on each item, a batch at a time. */
export async function inBatches<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH) {
    await Promise.all(items.slice(start, start + BATCH).map(work));
  }
}
