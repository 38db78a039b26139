import { promises } from 'node:fs';

/** All process ids of this pid namespace (Linux), in ascending order. */
export async function listPids(): Promise<number[]> {
  return pidsIn(await promises.readdir('/proc'));
}

export function pidsIn(names: readonly string[]): number[] {
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
