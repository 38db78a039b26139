import type { Invocation } from './invocation.ts';
import { beforeTerminator, isOption } from './options.ts';
import type { Word } from './word.ts';

/** How a program is told its port. */
export type PortForm =
  /** `--port N`, `--port=N`, `-p N`, `-pN`; the first name is the one that is added. */
  | { kind: 'flag'; names: readonly string[] }
  /** Its first argument that is no option. */
  | { kind: 'positional' }
  /** An environment variable other than PORT, as FLASK_RUN_PORT. */
  | { kind: 'variable'; name: string };

/** What is known of one tool, as data: how to tell that it is the one that runs, and how it takes its port. */
export interface Adapter {
  name: string;
  serviceType: string;
  /** As in `Invocation.program`. */
  programs: readonly string[];
  /** Its subcommands that serve; none when it has no subcommands. */
  subcommands?: readonly string[];
  /** It serves without a subcommand too. */
  bare?: boolean;
  port: PortForm;
  /** Its options that take the next word, so that this word is not taken for a subcommand or an argument. */
  values?: readonly string[];
  /** Its options that stand alone. Needed for a positional port only: there an unknown option is a reason to stop. */
  flags?: readonly string[];
  /** Makes a taken port an error instead of a silent move to another; the first is added, the others are its spellings. */
  strict?: readonly string[];
  /** Environment variables from which it reads its port when no argument says otherwise. */
  reads?: readonly string[];
  /** More variables that it needs to stay on its port. */
  environment?: Readonly<Record<string, string>>;
}

export interface Match {
  adapter: Adapter;
  /** For people: `next dev`. */
  label: string;
  /** What follows the program and its subcommand. */
  args: readonly Word[];
}

/** The adapter whose tool this is, and only if it is going to serve: `vite build` matches none. */
export function matchAdapter(adapters: readonly Adapter[], invocation: Invocation): Match | undefined {
  const adapter = adapters.find((candidate) => candidate.programs.includes(invocation.program));
  if (adapter === undefined) return undefined;
  const { label, args } = invocation;
  if (adapter.subcommands === undefined) return { adapter, label, args };
  const at = firstArgument(beforeTerminator(args), adapter);
  const word = at < 0 ? undefined : args[at];
  const bare = adapter.bare === true && (word === undefined || isFolder(word));
  if (bare) return { adapter, label, args };
  if (word?.value === undefined || !adapter.subcommands.includes(word.value)) return undefined;
  return { adapter, label: `${label} ${word.value}`, args: args.toSpliced(at, 1) };
}

/** Written so that it can't be a subcommand. */
function isFolder(word: Word): boolean {
  return word.value !== undefined && (word.value.includes('/') || /^\.+$/.test(word.value));
}

function firstArgument(args: readonly Word[], { values = [] }: Adapter): number {
  return args.findIndex((word, index) => !isOption(word) && !values.includes(args[index - 1]?.value ?? ''));
}
