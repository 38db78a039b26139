import { asObject, asText, asTexts, parser, type Project } from '../project.ts';
import { fileIn, joinDir } from '../text/command.ts';
import { envEntries } from '../text/env-text.ts';

export interface ComposeFile {
  file: string;
  text: string;
  services: Readonly<Record<string, unknown>>;
  content: Readonly<Record<string, unknown>>;
}

/** What one file says about a service. */
export interface ComposePart {
  file: string;
  text: string;
  content: Readonly<Record<string, unknown>>;
}

/** Each service with what the files say about it, the last of which counts most. */
export type ComposeServices = Map<string, ComposePart[]>;

const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
/** Files that include or extend others, one behind the other, at most. */
const DEEPEST = 5;

/** What docker compose reads of the environment, and where that says nothing, of these files: of the last that does. */
function composeEnvironment(
  project: Project,
  envFiles: readonly string[],
): (name: string) => string | undefined {
  const entries = envFiles.flatMap((file) => envEntries(project.readFile(file) ?? ''));
  const said = new Map(entries.map(({ name, value }) => [name, value]));
  return (name) => project.env?.[name] ?? said.get(name);
}

/** What its options name, relative to the folder that it is called in. */
interface ComposeOptions {
  dir: string;
  files: readonly string[];
  envFiles: readonly string[];
  projectFolder: string | undefined;
}

/** The names of its files, and the variables in them. Its project is in the folder of the first file, or where it is told. */
export function composeInput(
  { dir, files, envFiles, projectFolder }: ComposeOptions,
  project: Project,
): { fileNames: string[]; variable: (name: string) => string | undefined } {
  const folderOf = (first: string | undefined): string => projectFolder ?? beside(first ?? '', '.');
  const variablesIn = (...folders: string[]) => {
    const own = envFiles.length > 0 ? envFiles : folders.map((folder) => fileIn(folder, '.env'));
    return composeEnvironment(
      project,
      own.map((file) => fileIn(dir, file)),
    );
  };
  const variable = variablesIn(folderOf(files[0]));
  if (files.length > 0) return { fileNames: [...files], variable };
  const listed = variable('COMPOSE_FILE')?.split(variable('COMPOSE_PATH_SEPARATOR') || ':') ?? [];
  if (listed[0])
    return { fileNames: listed, variable: variablesIn(folderOf(listed[0]), folderOf(undefined)) };
  return { fileNames: usualNames(dir, folderOf(undefined), project), variable };
}

function usualNames(dir: string, folder: string, project: Project): string[] {
  const isThere = (name: string): boolean => project.readFile(fileIn(dir, name)) !== undefined;
  const base = COMPOSE_FILES.map((name) => fileIn(folder, name)).find(isThere);
  if (base === undefined) return [];
  const override = base.replace(/(\.ya?ml)$/, '.override$1');
  return isThere(override) ? [base, override] : [base];
}

export function readCompose(file: string, project: Project): ComposeFile | undefined {
  const text = project.readFile(file);
  if (text === undefined) return undefined;
  const content = asObject(parser(project, 'yaml')?.(withoutTags(text))) ?? {};
  return { file, text, content, services: asObject(content.services) ?? {} };
}

/** Its own mark: the ports that are said before do not count. */
const ANEW = 'x-styxy-anew';

/** A parser of YAML does not know the tags of docker compose. */
function withoutTags(text: string): string {
  return text
    .replaceAll(/^(\s*)ports:[ \t]*!(?:override|reset)\b/gm, `$1${ANEW}: true\n$1ports:`)
    .replaceAll(/:[ \t]*!(?:override|reset)\b/g, ':');
}

/** The services of these files, with what they include and extend. */
export function composeServices(files: readonly ComposeFile[], project: Project): ComposeServices {
  const services: ComposeServices = new Map();
  const add = (each: ComposeFile, depth: number): void => {
    if (depth > DEEPEST) return;
    for (const path of includedBy(each)) {
      const inner = readCompose(beside(each.file, path), project);
      if (inner) add(inner, depth + 1);
    }
    for (const name of Object.keys(each.services)) {
      const parts = partsOf(name, each, project, 0);
      services.set(name, [...(services.get(name) ?? []), ...parts]);
    }
  };
  for (const each of files) add(each, 0);
  for (const [name, parts] of services) services.set(name, withoutReplaced(parts));
  return services;
}

/** `include: [a.yaml, { path: [b.yaml, c.yaml] }]` */
function includedBy({ content }: ComposeFile): string[] {
  const list = Array.isArray(content.include) ? (content.include as unknown[]) : [];
  return list.flatMap((each) => asTexts(asObject(each)?.path ?? each));
}

/** `extends: base` or `extends: { file: base.yaml, service: web }`: what that says comes first. */
function partsOf(name: string, from: ComposeFile, project: Project, depth: number): ComposePart[] {
  const { file, text, services } = from;
  const content = asObject(services[name]) ?? {};
  const target = asObject(content.extends);
  const base = asText(content.extends) ?? asText(target?.service);
  const own = { file, text, content };
  if (base === undefined || depth > DEEPEST) return [own];
  const other = asText(target?.file);
  const source = other === undefined ? from : readCompose(beside(file, other), project);
  return source ? [...partsOf(base, source, project, depth + 1), own] : [own];
}

const beside = (file: string, path: string): string => {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
  return joinDir(folder, path) ?? path;
};

function withoutReplaced(parts: readonly ComposePart[]): ComposePart[] {
  const last = parts.findLastIndex(({ content }) => content[ANEW] === true);
  return parts.map((part, at) =>
    at < last ? { ...part, content: { ...part.content, ports: undefined } } : part,
  );
}
