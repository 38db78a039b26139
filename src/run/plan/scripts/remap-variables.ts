import { join } from 'node:path';
import { packageRoot } from '../../../system/package-root.ts';

/** Makes Node programs listen on, and connect to, the second port of a pair where they name the first. */
export function remapVariables(
  remaps: readonly (readonly [number, number])[],
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  if (remaps.length === 0) return {};
  const file = JSON.stringify(join(packageRoot(), 'dist', 'port-remap.cjs'));
  return {
    STYXY_REMAP: remaps.map((pair) => pair.join(':')).join(','),
    NODE_OPTIONS: [env.NODE_OPTIONS, `--require=${file}`].filter(Boolean).join(' '),
  };
}
