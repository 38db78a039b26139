import type { WireOrigin } from '../../protocol/answers/config.ts';
import type { Context } from '../context.ts';
import { effectiveConfig } from './effective.ts';
import type { Column } from '../print/fit-columns.ts';
import { shortPath } from '../print/listeners.ts';
import { table } from '../print/table.ts';

const SETTING: Column = { heading: 'SETTING', cut: 'start', least: 36 };
const ORIGIN: Column = { heading: 'ORIGIN', cut: 'start', least: 8 };
const VALUE: Column = { heading: 'VALUE', cut: 'end', least: 12 };

export async function execute(
  context: Context,
  { origin, json }: { origin?: boolean; json?: boolean },
): Promise<number> {
  const { out } = context;
  const { config, origins, files, problems } = await effectiveConfig(context);
  if (json) out.json(origin ? { config, origins, files, problems } : config);
  else {
    const rows = Object.entries(origins).map(([path, by]) => [
      path,
      ...(origin ? [describe(by)] : []),
      JSON.stringify(valueAt(config, path)) ?? '',
    ]);
    out.data(table([SETTING, ...(origin ? [ORIGIN] : []), VALUE], rows, out));
  }
  for (const problem of problems) out.note(`styxy: ${out.paintNote('yellow', 'notice')}: ${problem}`);
  return 0;
}

const describe = ({ layer, source }: WireOrigin): string =>
  source === null ? layer : `${layer} ${shortPath(source)}`;

/** Names of services and types may hold dots themselves. */
function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const isHere = path === key || path.startsWith(`${key}.`);
    const found = isHere ? valueAt(inner, path.slice(key.length + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
