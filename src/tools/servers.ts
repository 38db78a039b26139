import type { Program } from './program.ts';
import { programName } from './text/command.ts';

/** The programs of a command that get a port each, the command's own server first; none where nothing is known of any. */
export function serversOf(found: readonly Program[]): Program[] {
  const own = chooseServer(found);
  if (own === undefined) return [];
  return [own, ...found.filter((each) => each !== own && isServer(each))];
}

/** It listens as far as is known, its command gives it a port, or a run of Styxy is written before it. */
function isServer({ binds, edits, command: { run } }: Program): boolean {
  return binds !== 'maybe' || edits.wanted !== undefined || run !== undefined;
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

/** They run something to its end, or have no port. */
const ENDS =
  /^(tsc|vue-tsc|eslint|prettier|jest|mocha|rimraf|rm|cp|mkdir|echo|cd|test|git|husky|electron|electron-forge|expo|react-native|capacitor|cap|tauri|sleep|true|false|cat|wait-on|open|opener|npm|pnpm|yarn|bun|lerna|prisma|drizzle-kit|tsup|rollup|esbuild|swc|babel|sass|postcss|tailwindcss)$/;

export const isNoServer = ([first = '']: readonly string[]): boolean => ENDS.test(programName(first));
