import type { Tool } from './adapters/tool.ts';
import type { Family } from './families.ts';
import type { Here } from './package-folder.ts';
import type { ParseShell } from './text/shell-parser.ts';

/** Knowledge that is loaded when a command needs it: parsers, and families of the table of tools. */
export interface Library {
  shell?: ParseShell;
  yaml?: (text: string) => unknown;
  toml?: (text: string) => unknown;
  tools: Readonly<Partial<Record<Family, readonly Tool[]>>>;
}

/** A parser, or a family of tools. */
export type Part = 'shell' | 'yaml' | 'toml' | Family;

/** The files around a command, and what is known. Injected, so that nothing here does I/O. */
export interface Project {
  /** A file's text; undefined when it can't be read. Relative paths are relative to the command's own folder. */
  readFile: (path: string) => string | undefined;
  /** The names of the folders in a folder. */
  folders: (path: string) => readonly string[];
  /** undefined: the command runs at the top of its worktree. */
  here?: Here;
  library: Library;
  /** The variables that the command is to get. */
  env?: Readonly<Record<string, string | undefined>>;
  /** JSON files that were read already, by their paths. */
  parsed: Map<string, Readonly<Record<string, unknown>> | undefined>;
  /** Package scripts run by a shell that can't be ours: their texts stay as they are. */
  keepsScripts?: boolean;
  /** Node programs may have the number changed that they listen on. */
  remaps?: boolean;
  /** Further runs of Styxy are followed to what they start. */
  opensRuns?: boolean;
  /** The folder that changed copies of files go to; missing: none can be made. */
  copies?: string;
  /** Gathers what would have been needed; when it is not empty, load that and ask again. */
  missing: Set<Part>;
}

export function parser<Name extends 'shell' | 'yaml' | 'toml'>(
  { library, missing }: Project,
  name: Name,
): Library[Name] {
  if (library[name] === undefined) missing.add(name);
  return library[name];
}

/** The content of a JSON file, comments and a byte order mark allowed; undefined when it is none. */
export function readJson(project: Project, path: string): Readonly<Record<string, unknown>> | undefined {
  if (!project.parsed.has(path)) project.parsed.set(path, contentOf(project.readFile(path)));
  return project.parsed.get(path);
}

function contentOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const plain = text?.replace(/^\uFEFF/, '');
  if (plain === undefined) return undefined;
  return asObject(parseJson(plain)) ?? asObject(parseJson(withoutComments(plain)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON with comments and trailing commas, as deno.json and turbo.json may be. */
function withoutComments(text: string): string {
  return text
    .replaceAll(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, string: string | undefined) => string ?? '',
    )
    .replaceAll(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
}

/** Those entries of an object that are texts: the scripts of a package.json. */
export function textEntries(value: unknown): Record<string, string> {
  const entries = Object.entries(asObject(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A list of texts, of which there may be one alone. */
export function asTexts(value: unknown): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((each) => typeof each === 'string');
}
