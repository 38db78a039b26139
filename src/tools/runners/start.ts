import type { Project } from '../project.ts';
import type { Command, Head } from '../text/command.ts';
import { commandsOf } from '../text/script.ts';
import { parser } from '../project.ts';
import {
  isWritable,
  type Place,
  type ScriptSource,
  type Span,
  type TextSource,
  type Word,
} from '../text/word.ts';

/** A script, task or process by whose name a command was found. */
export interface Step {
  name: string;
  /** Package scripts are known to the package manager by their names. */
  kind: 'script' | 'task' | 'process';
  place: Place | undefined;
  /** The text of a package script. */
  source?: ScriptSource;
}

/** A port of this machine that a container, a tunnel or a cluster's command opens. */
export interface HostPort {
  name: string;
  port: number | undefined;
  serviceType: string;
  /** The word that says it, and what stands around the number in it. */
  word?: Word;
  prefix?: string;
  suffix?: string;
  /** The variable that its file reads it from. */
  variable?: string;
  place?: Place;
  /** The file beside its own that can say another one, and its entry in the list of ports. */
  override?: Override;
  entry?: unknown;
  /** It is the first of those that docker may choose. */
  isRange?: boolean;
  /** The name that its file gives to the project; '' where it is called after its folder. */
  project?: string;
}

/** A file that docker compose can be told to read behind those of the project. */
export interface Override {
  path: string;
  /** The first of the project's. */
  place: Place;
  /** The lists of ports of all services, as they are written. */
  entries: ReadonlyMap<string, readonly unknown[]>;
  /** How it is told: by a variable, or by words. */
  env?: Readonly<Record<string, string>>;
  tell?: Span & { words: readonly string[] };
}

/** Each port is a program's of its own; undefined: there are none. */
export function eachPort(hostPorts: readonly HostPort[], command: Command): Start[] | undefined {
  return hostPorts.length === 0 ? undefined : hostPorts.map((each) => ({ command, hostPorts: [each] }));
}

/** What a command starts. */
export interface Start {
  command: Command;
  step?: Step;
  /** It is not looked into any further. */
  final?: true;
  /** Known without looking at the command any further. */
  hostPorts?: readonly HostPort[];
}

/** What a command starts, when it is one that starts others; undefined when it is itself the program. */
export type Runner = (command: Command, project: Project) => readonly Start[] | undefined;

/** The commands of a text that the outer command hands to a shell. */
export function textStarts(
  source: TextSource,
  outer: Pick<Command, 'dir' | 'assignments' | 'head' | Passed>,
  project: Project,
  step?: Step,
): Start[] {
  const parseShell = parser(project, 'shell');
  if (parseShell === undefined) return [];
  return commandsOf(source, outer.dir, parseShell).map(({ words, slot, dir, assignments, head }) => ({
    command: {
      words,
      slot,
      dir,
      assignments: [...outer.assignments, ...assignments],
      ...headOf(head, outer, project),
      ...passing(outer),
    },
    ...(step && { step }),
  }));
}

type Passed = 'strips' | 'opensBy' | 'envFiles' | 'run';

/** What becomes of variables on the way, and the run around, is the same for all that is started behind it. */
export function passing({ strips, opensBy, envFiles, run }: Pick<Command, Passed>): Partial<Command> {
  return {
    ...(strips !== undefined && { strips }),
    ...(opensBy !== undefined && { opensBy }),
    ...(envFiles !== undefined && { envFiles }),
    ...(run !== undefined && { run }),
  };
}

/** The nearest place to set variables: before the command, or before the one that starts its text. */
export function headOf(
  own: Head | undefined,
  outer: Pick<Command, 'head'>,
  { keepsScripts }: Pick<Project, 'keepsScripts'>,
): Pick<Command, 'head'> {
  // Where we have no script shell, it is not known to be a shell that takes `NAME=value command` either.
  const head = own && !keepsScripts && isWritable(own.source) ? own : outer.head;
  return head === undefined ? {} : { head };
}

/** A name as a regular expression for it. */
export const literal = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The line of a file on which a name stands as a key, counted from 1. */
export function lineOf(text: string, key: RegExp): number | undefined {
  const at = text.search(key);
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}
