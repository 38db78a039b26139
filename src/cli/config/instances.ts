import type { UserConfig } from '../../settings/schema.ts';
import type { Context } from '../context.ts';
import { effectiveConfig } from './effective.ts';
import { table } from '../print/table.ts';

/** Types whose ports the table for people shows; the JSON has all. */
const COLUMNS = ['dev', 'api', 'database'];

export async function execute(context: Context, { json }: { json?: boolean }): Promise<number> {
  const { out } = context;
  const { config, origins } = await effectiveConfig(context);
  const { instance_templates: templates, service_types: types } = config as unknown as UserConfig;
  const instances = Object.entries(templates)
    .toSorted(([, a], [, b]) => a - b)
    .map(([name, offset]) => ({
      name,
      offset,
      origin: origins[`instance_templates.${name}`],
      ports: Object.fromEntries(
        Object.entries(types).map(([type, { preferred_ports: preferred = [] }]) => [
          type,
          preferred[offset] ?? null,
        ]),
      ),
    }));
  if (json) out.json({ instances });
  else {
    const headings = ['INSTANCE', 'PREFERRED', ...COLUMNS.map((type) => type.toUpperCase())];
    const rows = instances.map(({ name, offset, ports }) => [
      name,
      `+${offset}`,
      ...COLUMNS.map((type) => String(ports[type] ?? '-')),
    ]);
    out.data(table(headings, rows, out));
    out.note('a port that is taken gives way to the next one; --json shows every type');
  }
  return 0;
}
