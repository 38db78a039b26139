import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The tables of `docs/architecture.md`: each room with the rooms that its row allows. */
export function roomsOfPage(page: string): Map<string, string[]> {
  const rooms = new Map<string, string[]>();
  let inside = '';
  for (const line of page.split('\n')) {
    const [, first = '', , last = ''] = line.split('|').map((cell) => cell.trim());
    const heading = /^(?:folder|room of `(\w+)`)$/.exec(first);
    if (heading) inside = heading[1] === undefined ? '' : `${heading[1]}/`;
    const [, room] = /^`([\w-]+)`$/.exec(first) ?? [];
    if (room !== undefined)
      rooms.set(inside + room, last === 'nothing' ? [] : last.split(', ').map((name) => inside + name));
  }
  return rooms;
}

export const readArchitecturePage = (): string =>
  readFileSync(fileURLToPath(new URL('../../docs/architecture.md', import.meta.url)), 'utf8');
