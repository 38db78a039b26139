import { join } from 'node:path';
import { packageRoot } from '../../../system/package-root.ts';

/** Makes Node programs listen on, and connect to, the second port of a pair where they name the first. */
export function remapVariables(
  remaps: readonly (readonly [number, number])[],
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  if (remaps.length === 0) return {};
  const option = `--require=${JSON.stringify(join(packageRoot(), 'dist', 'port-remap.cjs'))}`;
  const { NODE_OPTIONS: options = '', STYXY_REMAP: around = '' } = env;
  const own = remaps.map((pair) => pair.join(':'));
  // Those of a run around this one are about the programs beside this one.
  const others = around.split(',').filter((pair) => !remaps.some(([from]) => pair.startsWith(`${from}:`)));
  return {
    STYXY_REMAP: [...own, ...others].filter(Boolean).join(','),
    NODE_OPTIONS: options.includes(option) ? options : [options, option].filter(Boolean).join(' '),
  };
}
