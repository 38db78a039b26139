import type { Program } from '../program.ts';
import { isStripped } from '../text/command.ts';

/** How the variables that a server needs get to it. */
export interface Delivery {
  /** Set before its command, for it alone. */
  head: readonly string[];
  /** Set for the whole command. */
  shared: readonly string[];
  /** The number is written where its words name the variable. */
  inPlace: boolean;
  /** false: a variable that it reads has to be another server's. */
  isPossible: boolean;
}

/**
 * A variable that only one server needs is set for the whole command. PORT means something to every program, so where
 * there are several servers it is set for one alone, as far as a text that can be changed says so.
 */
export function deliveriesTo(servers: readonly Program[]): Delivery[] {
  const needs = servers.map(namesNeeded);
  const hasHead = servers.map((each, index) => ownsHead(each, servers.slice(0, index)));
  const isOnly = (name: string): boolean => needs.filter((names) => names.includes(name)).length === 1;
  const claimant = (name: string): number =>
    servers.findIndex((_, index) => !hasHead[index] && needs[index]!.includes(name));
  return servers.map(({ edits, command }, index) => {
    const isShared = (name: string): boolean => {
      if (isOnly(name) && (name !== 'PORT' || servers.length === 1)) return true;
      return !hasHead[index] && claimant(name) === index;
    };
    const shared = needs[index]!.filter(isShared);
    const others = needs[index]!.filter((name) => !shared.includes(name));
    const isLeft = others.length > 0 && !hasHead[index];
    const inPlace = isLeft && (edits.inPlace?.(0).length ?? 0) > 0;
    // What its own command sets is replaced there.
    const isSet = (name: string): boolean => command.assignments.some((each) => each.name === name);
    const head = isLeft ? [] : others.filter((name) => !isSet(name));
    return { head, shared, inPlace, isPossible: !isLeft || inPlace };
  });
}

function namesNeeded({ edits, command }: Program): string[] {
  const names = [...Object.keys(edits.env(0)), ...(edits.readsPort ? ['PORT'] : [])];
  return names.filter((name) => !isStripped(command, name));
}

/** Of several programs that one command starts, the first. What the shell puts into words has to be set before them. */
function ownsHead({ command: { head }, edits }: Program, before: readonly Program[]): boolean {
  if (head === undefined || edits.inPlace !== undefined) return false;
  return !before.some(({ command: { head: other } }) => isSame(head, other));
}

/** No other program is started by the command that its variables are set before. */
export function hasHeadAlone({ command: { head } }: Program, servers: readonly Program[]): boolean {
  return head !== undefined && servers.filter(({ command }) => isSame(head, command.head)).length === 1;
}

const isSame = (one: NonNullable<Program['command']['head']>, other: Program['command']['head']): boolean =>
  one.source === other?.source && one.start === other.start;

/** The server whose PORT the whole command gets; undefined when each has its own way. */
export function ownerOfPort(servers: readonly Program[], all: readonly Program[]): number | undefined {
  if (servers.length <= 1) {
    const [own] = servers;
    const hasItsOwn = own?.edits.reached === true && !own.edits.readsPort;
    // What is given its port in another way leaves PORT to the programs beside it.
    return hasItsOwn && all.length > 1 ? undefined : 0;
  }
  const at = deliveriesTo(servers).findIndex(({ shared }) => shared.includes('PORT'));
  return at < 0 ? undefined : at;
}
