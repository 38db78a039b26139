/** An option that carries the port. `{port}` stands for the number, 127.0.0.1 for whatever address is given. */
export interface FlagForm {
  flag: string;
  /** Its other spellings. */
  also?: readonly string[];
  /** What its value looks like, when it is not the bare number: `127.0.0.1:{port}`, `http.port={port}`. */
  value?: string;
  /** An option that has to come with it, with the same value. */
  companion?: string;
  /** It is read only before the first argument. */
  before?: true;
  /** `write`: it is added as one word, `--port=N`. `only`: a value that stands in the next word is no value of it. */
  joined?: 'write' | 'only';
}

/** The first argument that is no option. */
export interface ArgumentForm {
  argument: string;
  /** It is not the first but the second (1), the third (2), ... and can't be added where those before it are missing. */
  at?: number;
  /** It may be an address and a port. */
  address?: true;
}

/** An environment variable. */
export interface VariableForm {
  variable: string;
  value?: string;
}

export type PortForm = FlagForm | ArgumentForm | VariableForm;

/** Files in which a project says the port of a tool. */
export interface ConfigForm {
  /** The first that is there, in the folder where the tool is started. */
  files: readonly string[];
  /** Options that name another file. */
  options?: readonly string[];
  /** With the groups `port`, or `variable` and `fallback`; in a script with `value`, an expression. */
  port: RegExp;
  /** A number that stands there wins over every variable. */
  wins?: true;
  /** What stands in for a file where none is there. */
  blank?: string;
  /** By the first option it can be told to read a copy; with these words, and with the paths in it made absolute. */
  copy?: {
    words?: readonly string[];
    /** With the group `path`; global. */
    relative?: RegExp;
  };
}

/** A further port that a tool opens. */
export interface OtherPort {
  /** undefined: any port, or one that follows from the main one. */
  port?: number;
  what: string;
  set?: PortForm;
}

/** What is known of one tool, as data: how to tell that it runs and serves, and how it takes its port. */
export interface Tool {
  name: string;
  /** As in `Invocation.program`. */
  programs: readonly string[];
  /** Its subcommands that serve, `''` for none; missing when it has no subcommands. */
  commands?: readonly string[];
  /** Subcommands that do not serve: with `''` in `commands`, any other word is an argument of the tool. */
  otherCommands?: readonly string[];
  /** Words behind its subcommand with which it does something else: `jupyter lab list`. */
  ends?: readonly string[];
  /** A subcommand may follow others: `mvn clean spring-boot:run`. */
  anywhere?: true;
  /** Options, one of which makes it serve. */
  onlyWith?: readonly string[];
  /** Options with which it does something else. */
  notWith?: readonly string[];
  /** undefined where only its command line says that it is a server. */
  serviceType: string | undefined;
  /** `http` when missing. */
  scheme?: string;
  /** The first is how a port is set where none is given, least invasive; all are recognised. Empty: only its own files say it. */
  port: readonly PortForm[];
  /** Makes a taken port an error instead of a silent move to another; the first is added, the others are its spellings. */
  strict?: readonly string[];
  /** More variables that it needs to stay on its port. */
  environment?: Readonly<Record<string, string>>;
  /** What it does when the port that it was given is taken; `fails` when missing. */
  whenTaken?: 'moves' | 'asks';
  /** undefined: none, or chosen by its configuration. */
  defaultPort?: number;
  config?: ConfigForm;
  /** Files of variables that it loads before it reads PORT; the first that sets it wins. */
  envFiles?: readonly string[];
  /** Programs of the project that it starts read the first variable by habit only: nothing is claimed. */
  expected?: true;
  /** The project's own program that it builds and starts: its text says where it listens. */
  entry?: string;
  /** A file beside the project's own, by these options or in its folder: without the pattern it serves nothing. */
  serves?: { options: readonly string[]; file: string; pattern: RegExp };
  /** How the address is set. */
  host?: string;
  otherPorts?: readonly OtherPort[];
  /** It refuses requests by a host name of their own (`web.shop.localhost`) unless it is told this. */
  ownHosts?: string;
  /** A piece of the line that it prints when it serves. */
  ready?: string;
  /** Its options that take the next word, so that this word is not taken for a subcommand or an argument. */
  values?: readonly string[];
  /** Its options that stand alone. Needed for a port that is an argument only: there an unknown option is a reason to stop. */
  flags?: readonly string[];
  /** It serves no port of its own to others: the number is that of the service it points at. */
  target?: readonly PortForm[];
  /** Where none is given, this file has it, and the first form of `target` is how it is told another. */
  pointer?: ConfigForm;
}
