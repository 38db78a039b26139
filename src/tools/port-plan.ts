import { type Match, matchAdapter } from './adapter.ts';
import { ADAPTERS } from './adapters/registry.ts';
import type { Command } from './command.ts';
import { commonName, readInvocation } from './invocation.ts';
import { type Leaf, leavesOf, mayRunScript, type ScriptReader } from './programs.ts';
import { toolEdits, variableEdits } from './port-edits.ts';
import { serviceName } from './service-name.ts';
import { type ArgvSource, argvWords, type Edit, editArgv, editScript, type ScriptSource } from './word.ts';

export type { ReadPackage, ScriptReader } from './programs.ts';

/** What a command line says about the server it starts, and how that server is given another port. */
export interface PortPlan {
  /** The tool's name, or `port-variable`: nothing was recognised, and PORT is all the program gets. */
  adapter: string;
  /** undefined when unknown. */
  serviceType: string | undefined;
  serviceName: string;
  /** The port that the command or its script has hard-coded. */
  wanted: number | undefined;
  /** One plain sentence for people. */
  because: string;
  inject: (port: number) => Injection;
}

/** What to run for one port. */
export interface Injection {
  argv: string[];
  scriptRewrite?: ScriptRewrite;
  /** Variables to set beside PORT. */
  env?: Record<string, string>;
}

/** A package script whose text is to be exchanged when the package manager hands it to its shell. */
export interface ScriptRewrite {
  /** Its name in package.json, which package managers give as npm_lifecycle_event. */
  script: string;
  from: string;
  to: string;
}

const PORT_VARIABLE = 'port-variable';

/** Never guesses: where the command leaves any doubt, it stays as it is and PORT is all the program gets. */
export function planPort(argv: readonly string[], reader: ScriptReader): PortPlan {
  const source: ArgvSource = { kind: 'argv', words: [...argv] };
  const { leaf, match } = findServer(source, reader);
  const { wanted, how, edits } = match ? toolEdits(match, leaf.command) : variableEdits(leaf.command);
  const placed = argv.some((word) => word.includes('{port}'));
  return {
    adapter: match?.adapter.name ?? PORT_VARIABLE,
    serviceType: match?.adapter.serviceType,
    serviceName: serviceName(leaf.scripts[0] ?? match?.adapter.name ?? commonName(leaf.command.words)),
    wanted,
    because: sentence(leaf, match, placed ? 'is given its port where the command says {port}' : how),
    inject: (port) => injection(source, placed ? [] : edits(port), match?.adapter, port),
  };
}

/** Planning this command may take a shell parser. */
export function needsShellParser(argv: readonly string[]): boolean {
  return mayRunScript(wholeCommand({ kind: 'argv', words: [...argv] }));
}

function wholeCommand(source: ArgvSource): Command {
  const words = argvWords(source);
  return { words, assignments: [], dir: '.', slot: { source, at: words.length, lead: [] } };
}

/** The first server that is recognised; else the first program that is told its PORT; else the first program. */
function findServer(source: ArgvSource, reader: ScriptReader): { leaf: Leaf; match?: Match } {
  const command = wholeCommand(source);
  const others: Leaf[] = [];
  for (const leaf of leavesOf(command, reader)) {
    const invocation = readInvocation(leaf.command.words);
    const match = invocation && matchAdapter(ADAPTERS, invocation);
    if (match) return { leaf, match };
    others.push(leaf);
  }
  const told = others.find((leaf) => variableEdits(leaf.command).wanted !== undefined);
  return { leaf: told ?? others[0] ?? { command, scripts: [] } };
}

function sentence({ command, scripts }: Leaf, match: Match | undefined, how: string): string {
  const program = match?.label ?? commonName(command.words) ?? 'the command';
  return scripts[0] === undefined
    ? `${program} ${how}`
    : `package script "${scripts[0]}" runs ${program}, which ${how}`;
}

function injection(
  source: ArgvSource,
  edits: readonly Edit[],
  adapter: Match['adapter'] | undefined,
  port: number,
): Injection {
  const script = edits.map((edit) => edit.source).find((changed) => changed.kind === 'script');
  const rewrite = script && rewriteOf(script, edits);
  const variable = adapter?.port.kind === 'variable' ? { [adapter.port.name]: String(port) } : {};
  const env = { ...adapter?.environment, ...variable };
  return {
    argv: editArgv(source, edits),
    ...(rewrite && { scriptRewrite: rewrite }),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

function rewriteOf(script: ScriptSource, edits: readonly Edit[]): ScriptRewrite | undefined {
  const to = editScript(script, edits);
  return to === script.text ? undefined : { script: script.name, from: script.text, to };
}
