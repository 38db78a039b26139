import type { Scope } from './layout.ts';

/** Where this Styxy lies on this machine. */
export interface Here {
  /** The folder of the package. */
  root: string;
  /** The Node that runs now. */
  node: string;
  isWindows: boolean;
}

/**
 * The command line that an agent's settings run as a hook. It ends with 0 and without an error message also when Styxy is
 * no longer there: agents take anything else for a refusal.
 */
export function hookCommand(agent: string, scope: Scope, { root, node, isWindows }: Here): string {
  if (scope === 'project') return sharedCommand(agent);
  if (isWindows) return `"${node}" "${root}\\dist\\hook.cjs" ${agent}`;
  return `${quoted(`${root}/hooks/hook.sh`)} ${agent} ${quoted(node)} 2>/dev/null || true`;
}

/** For settings that a team shares: nothing in it is of one machine. */
function sharedCommand(agent: string): string {
  const local = '"${CLAUDE_PROJECT_DIR:-${GEMINI_PROJECT_DIR:-.}}"/node_modules/styxy/hooks/hook.sh';
  return (
    `if [ -x ${local} ]; then ${local} ${agent}; ` +
    `elif command -v styxy >/dev/null; then styxy hook ${agent}; fi 2>/dev/null || true`
  );
}

/** A hook of Styxy's, of whatever version and place. */
export function isOurs(item: unknown): boolean {
  const text = JSON.stringify(item) ?? '';
  return /\bhooks?\/hook\.sh\b|dist[\\/]+hook\.cjs|\bstyxy hook [a-z-]+/.test(text);
}

export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
