import type { ServiceIdentity } from './identity.ts';
import type { Elsewhere } from './ports/elsewhere.ts';
import type { Mention } from './ports/mentions.ts';
import type { Program } from './program.ts';
import type { Place } from './text/word.ts';

/** A server that a command starts, and that gets a port of its own. */
export interface PlannedServer {
  program?: Program;
  /** For people: `next dev`. */
  label: string;
  /** The tool's name, or `port-variable`: nothing was recognised, and PORT is all the program gets. */
  adapter: string;
  /** undefined when unknown. */
  serviceType: string | undefined;
  identity: ServiceIdentity;
  /** The port that the command or its script has hard-coded. */
  wanted: number | undefined;
  /** The port that the tool would take by itself, where none is given: asked for while it is free. */
  wish: number | undefined;
  /** The file that the program reads and that says this number, be it `wanted` or `wish`. */
  written: Place | undefined;
  /** One plain sentence for people. */
  because: string;
  /** Where the program's command is written, when that is a file of the project. */
  place: Place | undefined;
  /** Whether it will listen on the port it is given; `unsure` when nothing is known of it. */
  reached: boolean | 'unsure';
  /** The one port that it can listen on: another one is of no use to it. */
  fixed: number | undefined;
}

/** What a command line says about the servers it starts, the first of all, and how they are given other ports. */
export interface PortPlan extends PlannedServer {
  /** Further servers. */
  more: readonly PlannedServer[];
  /** The server (0: the first) whose port stands in PORT for the whole command; undefined: none. */
  portOwner: number | undefined;
  /** Every program that the command starts and that may listen, this one first. */
  programs: readonly Program[];
  /** The name of its docker compose project, '' where its folder gives it; undefined: there is none. */
  composeProject: string | undefined;
  /** Numbers of its servers in settings that are not changed. */
  mentions: readonly Mention[];
  /** The same number in other places of the texts that run: whether it follows. */
  elsewhere: readonly Elsewhere[];
  /** @param given in the order of the servers; those left out keep their own */
  inject: (...given: (number | GivenPort)[]) => Injection;
}

/** What one of several servers is given. */
export interface GivenPort {
  port: number;
  /** For it alone, where a text that can be changed says so; the whole command has those of the first server. */
  variables: Readonly<Record<string, string>>;
}

/** What to run for these ports. */
export interface Injection {
  argv: string[];
  scripts?: readonly ScriptRewrite[];
  /** Variables of .env files that name another port now; what the caller has set stays. */
  defaults?: Record<string, string>;
  /** Numbers that Node programs listen on and connect to, and those that they are to take instead. */
  remaps?: readonly (readonly [number, number])[];
  /** Changed copies of files, which the command is told to read. */
  files?: readonly FileCopy[];
  /** Variables to set for the whole command, beside PORT. */
  env?: Record<string, string>;
}

/** What a file of the project becomes for one run; the file itself stays as it is. */
export interface FileCopy {
  path: string;
  text: string;
  /** What it is a copy of, relative to the command's own folder, and what stands there. */
  file: string;
  from: string;
}

/** A package script whose text is to be exchanged when the package manager hands it to its shell. */
export interface ScriptRewrite {
  /** Its name in package.json, which package managers give as npm_lifecycle_event. */
  script: string;
  /** That package.json, relative to the command's own folder; undefined when it is not known. */
  file: string | undefined;
  from: string;
  to: string;
  /** It starts further scripts, whose texts may be exchanged as well. */
  leads?: true;
}

export const PORT_VARIABLE = 'port-variable';
