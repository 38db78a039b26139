import { targetOf } from './import-rules.ts';
import type { SourceFile } from './source-tree.ts';

/**
 * The circles among these files: groups in which each file imports each other one, directly or not. Types count.
 * @returns one sorted list of paths for each group
 */
export function importCircles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(
    files.map((file) => [file.path, file.imports.flatMap((each) => targetOf(file.path, each) ?? [])]),
  );
  const reach = new Map([...imports.keys()].map((path) => [path, reachableFrom(path, imports)]));
  const groups = new Map<string, string[]>();
  for (const [path, reached] of reach) {
    if (!reached.has(path)) continue;
    const group = [...reached].filter((other) => reach.get(other)?.has(path)).toSorted();
    groups.set(group[0] ?? path, group);
  }
  return [...groups.values()];
}

function reachableFrom(start: string, imports: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(imports.get(start) ?? [])];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...(imports.get(path) ?? []));
  }
  return reached;
}
