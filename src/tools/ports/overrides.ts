import type { FileCopy } from '../plan.ts';
import type { Program } from '../program.ts';
import { withPublished } from '../runners/compose-ports.ts';
import type { Override } from '../runners/start.ts';
import type { Edit } from '../text/edit.ts';

/** A file for docker compose, and how it is told to read it. */
export interface OverrideFile {
  file: FileCopy;
  edits: readonly Edit[];
  env: Readonly<Record<string, string>>;
}

/** The files that give published ports to services of docker compose, one for each of its calls. */
export function overrideFiles(servers: readonly Program[], ports: readonly number[]): OverrideFile[] {
  const moved = new Map<Override, Map<unknown, number>>();
  servers.forEach(({ hostPorts: [published] }, index) => {
    if (published?.override === undefined || published.variable !== undefined) return;
    // Of a range docker would choose one by itself.
    if (published.port === ports[index] && published.isRange !== true) return;
    const entries = moved.get(published.override) ?? new Map<unknown, number>();
    moved.set(published.override, entries.set(keyOf(published), ports[index]!));
  });
  return [...moved].map(([override, entries]) => ({
    file: { path: override.path, text: textOf(override, entries), file: override.place.file, from: '' },
    edits: override.tell ? [override.tell] : [],
    env: override.env ?? {},
  }));
}

const keyOf = ({ name, entry }: { name: string; entry?: unknown }): string =>
  `${name} ${JSON.stringify(entry)}`;

/** `!override` takes the place of the list that the other files say; without it, lists are joined. */
function textOf({ entries }: Override, moved: ReadonlyMap<unknown, number>): string {
  const services = [...entries].flatMap(([name, list]) => {
    const own = list.map((entry) => {
      const port = moved.get(keyOf({ name, entry }));
      return port === undefined ? entry : withPublished(entry, port);
    });
    if (own.every((entry, at) => entry === list[at])) return [];
    const lines = own.map((entry) => `      - ${JSON.stringify(entry)}`);
    return [`  ${JSON.stringify(name)}:`, '    ports: !override', ...lines];
  });
  return ['services:', ...services, ''].join('\n');
}
