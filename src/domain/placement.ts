import { browserRefusedPorts, FIRST_UNPRIVILEGED_PORT } from './port.ts';

/** First and last port, both included. */
export type PortRange = readonly [first: number, last: number];

export type Placement = 'after' | 'before' | 'smart';

/** What a new range should be like. */
export interface RangeWish {
  readonly size: number;
  readonly placement: Placement;
  /** Ports that stay free between this range and the range of any other type. */
  readonly gap: number;
  readonly min: number;
  readonly max: number;
  /** Where to search first; the only thing that may lead below `min`. */
  readonly start: number | undefined;
  /** The ranges of types with a similar name, which `smart` lies down beside. */
  readonly beside?: readonly PortRange[] | undefined;
}

export interface Obstacles {
  /** Ranges of other types. */
  readonly types: readonly PortRange[];
  /** Ports that must not be in any range, next to which a range may lie: the system's own, reserved ones. */
  readonly blocked: readonly PortRange[];
}

/**
 * Where the next range goes; undefined when there is no room. It lies inside [min, max] (from `start` on, if that is
 * lower), keeps the gap to every type, and every port of it may be granted.
 *
 * With a `start`: the first room at or above it ("before": at or below it). Then, and without one:
 * - after: behind the highest range, else the lowest room there is;
 * - before: below the lowest range, else the highest room there is;
 * - smart: as near as may be to a type with a similar name, else the smallest room that is large enough.
 */
export function placeRange(wish: RangeWish, obstacles: Obstacles): PortRange | undefined {
  const { size, placement } = wish;
  const [lowest, highest] = boundsOf(wish);
  const start = wish.start === undefined ? undefined : Math.max(wish.start, FIRST_UNPRIVILEGED_PORT);
  const all = freeRooms([Math.min(lowest, start ?? lowest), highest], wish.gap, obstacles);
  const roomsWithin = (first: number, last: number): PortRange[] => clip(all, first, last, size);

  if (start !== undefined) {
    const found =
      placement === 'before'
        ? endOf(roomsWithin(Math.min(lowest, start), start + size - 1).at(-1), size)
        : startOf(roomsWithin(start, highest)[0], size);
    if (found) return found;
  }
  const rooms = roomsWithin(lowest, highest);
  if (placement === 'smart') return nearest(rooms, wish) ?? startOf(smallest(rooms), size);
  const inArea = obstacles.types.filter(([first, last]) => last >= lowest && first <= highest);
  if (placement === 'after') {
    const top = Math.max(lowest - 1, ...inArea.map(([, last]) => last));
    return startOf(roomsWithin(top + 1, highest)[0] ?? rooms[0], size);
  }
  const bottom = Math.min(highest + 1, ...inArea.map(([first]) => first));
  return endOf(roomsWithin(lowest, bottom - 1).at(-1) ?? rooms.at(-1), size);
}

/**
 * The range with up to `wish.size` ports more, directly above it, or directly below it ("before": the other way round);
 * undefined when there is no room on either side.
 * @param obstacles without the range itself
 */
export function growRange(range: PortRange, wish: RangeWish, obstacles: Obstacles): PortRange | undefined {
  const [first, last] = range;
  const [lowest, highest] = boundsOf(wish);
  const rooms = freeRooms([Math.min(lowest, first), highest], wish.gap, obstacles);
  const roomOf = (port: number): PortRange | undefined => rooms.find(([a, b]) => a <= port && port <= b);
  const behind = roomOf(last + 1);
  const below = roomOf(first - 1);
  const grown = {
    above: behind && ([first, Math.min(behind[1], last + wish.size)] as const),
    below: below && ([Math.max(below[0], first - wish.size), last] as const),
  };
  return wish.placement === 'before' ? (grown.below ?? grown.above) : (grown.above ?? grown.below);
}

/** How many ports the largest range could have now. */
export function largestRoom(wish: RangeWish, obstacles: Obstacles): number {
  return Math.max(0, ...freeRooms(boundsOf(wish), wish.gap, obstacles).map(lengthOf));
}

/** The most specific pattern that fits: the one with the most letters beside its `*`. */
export function patternFor(patterns: readonly string[], name: string): string | undefined {
  const letters = (pattern: string): number => pattern.replaceAll('*', '').length;
  return patterns
    .filter((pattern) => fits(pattern, name))
    .toSorted((a, b) => letters(b) - letters(a))
    .at(0);
}

/** `*` stands for any letters, also none; everything else for itself. */
function fits(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - tail.length;
}

function boundsOf({ min, max }: RangeWish): PortRange {
  return [Math.max(min, FIRST_UNPRIVILEGED_PORT), max];
}

/** What is left of the bounds, lowest first. Ports that browsers refuse could never be granted, so they bound a room. */
function freeRooms([lowest, highest]: PortRange, gap: number, { types, blocked }: Obstacles): PortRange[] {
  const refused = [...browserRefusedPorts].map((port): PortRange => [port, port]);
  const taken = [
    ...types.map(([first, last]): PortRange => [first - gap, last + gap]),
    ...blocked,
    ...refused,
  ].toSorted((a, b) => a[0] - b[0]);
  const rooms: PortRange[] = [];
  let next = lowest;
  for (const [first, last] of taken) {
    if (first > highest) break;
    if (first > next) rooms.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= highest) rooms.push([next, highest]);
  return rooms;
}

/** The parts of rooms between two ports that are large enough. */
function clip(rooms: readonly PortRange[], lowest: number, highest: number, size: number): PortRange[] {
  return rooms
    .map(([first, last]): PortRange => [Math.max(first, lowest), Math.min(last, highest)])
    .filter((room) => lengthOf(room) >= size);
}

function smallest(rooms: readonly PortRange[]): PortRange | undefined {
  return rooms.toSorted((a, b) => lengthOf(a) - lengthOf(b)).at(0);
}

/** The place in the rooms that is nearest to one of the ranges to lie beside; of two, the one above it. */
function nearest(rooms: readonly PortRange[], { size, beside = [] }: RangeWish): PortRange | undefined {
  const places = beside.flatMap(([first, last]) =>
    rooms.map((room) => {
      const isAbove = room[0] > last;
      const place = isAbove ? startOf(room, size) : endOf(room, size);
      return { place, isAbove, distance: isAbove ? room[0] - last : first - room[1] };
    }),
  );
  const byDistance = places.toSorted(
    (a, b) => a.distance - b.distance || Number(b.isAbove) - Number(a.isAbove),
  );
  return byDistance.at(0)?.place;
}

/** The types whose names begin with the same word as this one: `jaeger` and `jaeger-ui`. */
export function similarTypes(name: string, names: Iterable<string>): string[] {
  const word = firstWord(name);
  return [...names].filter((each) => each !== name && firstWord(each) === word);
}

const firstWord = (name: string): string | undefined => name.toLowerCase().split(/[-_.]/, 1)[0];

const lengthOf = ([first, last]: PortRange): number => last - first + 1;
const startOf = (room: PortRange | undefined, size: number): PortRange | undefined =>
  room && [room[0], room[0] + size - 1];
const endOf = (room: PortRange | undefined, size: number): PortRange | undefined =>
  room && [room[1] - size + 1, room[1]];
