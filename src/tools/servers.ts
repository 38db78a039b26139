import type { Program } from './program.ts';

/** The programs of a command that get a port each, the command's own server first; none where nothing is known of any. */
export function serversOf(found: readonly Program[]): Program[] {
  const own = chooseServer(found);
  if (own === undefined) return [];
  return [own, ...found.filter((each) => each !== own && isServer(each))];
}

/** It listens as far as is known, or its command gives it a port. */
function isServer({ binds, edits }: Program): boolean {
  return binds !== 'maybe' || edits.wanted !== undefined;
}

/** What others are started for: their user means the program that needs them. */
const BEHIND = ['database', 'infrastructure', 'messaging', 'monitoring', 'auth', 'hub', 'ai', 'proxy', 'ui'];

/** The first server of the table; else the first that may be one; else the first program. */
function chooseServer(found: readonly Program[]): Program | undefined {
  const known = found.filter(({ binds }) => binds === 'yes');
  const isMeant = ({ serviceType }: Program): boolean => !BEHIND.includes(serviceType ?? '');
  return (
    known.find((each) => each.tool !== undefined && isMeant(each)) ??
    known.find((each) => each.hostPorts.length === 0 && isMeant(each)) ??
    known.find(isMeant) ??
    known[0] ??
    found.find(isServer) ??
    found[0]
  );
}

/** The number that means this program where a text names a port. */
export function numberOf({ edits, tool, binds, port }: Program): number | undefined {
  return edits.wanted ?? (tool || binds === 'yes' ? port : undefined);
}
