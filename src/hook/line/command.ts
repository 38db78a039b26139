import type { Command } from '../../tools/text/command.ts';
import type { Word } from '../../tools/text/word.ts';

/** A word of the agent's line. */
export interface LineWord extends Word {
  /** What it may be, when a loop or a variable gives it: `value` is there only when this is one. */
  values: readonly string[];
  /** The commands whose output it is: `$(lsof -ti:3000)`, or a variable that was set to that. */
  from: readonly LineCommand[];
}

/** One simple command of the line that an agent is about to run, wherever in the line it stands. */
export interface LineCommand extends Command {
  words: readonly LineWord[];
  /** Whose output it reads: the commands before it in its pipeline. */
  input: readonly LineCommand[];
  /** Where it stands in the line, with its assignments and redirections. */
  span: { start: number; end: number };
  /** The folders that it runs in one after the other, where a loop names them: `dir` is then not known. */
  dirs?: readonly string[] | undefined;
  /** The text that stands behind it as its input: `<<'EOF'`. */
  inputText?: string | undefined;
  /** Its redirections, other than those between its own streams and to /dev/null: they read or write something. */
  redirects: boolean;
}

/** What a line is made of. */
export interface Line {
  commands: readonly LineCommand[];
  /** Files that it writes before it runs others: `cat > server.js <<'EOF'`; their texts by their paths. */
  files: ReadonlyMap<string, string>;
  /** Lists and pipelines of simple commands, and nothing else: no loops, substitutions, functions, bare assignments. */
  isSimple: boolean;
}

/** What the line's variables and folders mean before it begins. */
export interface Setting {
  /** Values that are the same in the agent's shell: HOME, PWD. */
  variables: Readonly<Record<string, string>>;
  /** The top of the repository, for `cd "$(git rev-parse --show-toplevel)"`. */
  repository?: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Those of the agent's shell, with those that the line sets for a command. */
export function variablesOf({ assignments }: Pick<LineCommand, 'assignments'>, env: Variables): Variables {
  const set = assignments.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  return { ...env, ...Object.fromEntries(set) };
}
