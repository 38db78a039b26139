import { namedFunctions, namedImports, type NamedFunction, type NamedImport } from './named-functions.ts';
import { targetOf } from './import-rules.ts';
import { sourceFile } from './source-tree.ts';

/** One step of a way through the code: a function, and the earlier step that leads to it. */
interface Step {
  readonly path: string;
  readonly name: string;
  /** The number of the step that leads here, or how it is reached without a call: "over the socket". */
  readonly from: number | string;
}

/** The journeys of a page, by heading. A step is `1. (from 3) `path › name`: words`; without brackets it is from the one before. */
export function journeysOf(page: string): Map<string, Step[]> {
  const journeys = new Map<string, Step[]>();
  let steps: Step[] = [];
  for (const line of page.split('\n')) {
    const [, heading] = /^### (.+)$/.exec(line) ?? [];
    const [, number, from, path = '', name = ''] =
      /^ *(\d+)\. (?:\((.+?)\) )?`(\S+) › (\w+)`/.exec(line) ?? [];
    if (heading !== undefined) journeys.set(heading, (steps = []));
    else if (number !== undefined) steps.push({ path, name, from: originOf(from, Number(number)) });
  }
  return new Map([...journeys].filter(([, each]) => each.length > 0));
}

function originOf(words: string | undefined, number: number): number | string {
  if (words === undefined) return number - 1;
  const [, earlier] = /^from (\d+)$/.exec(words) ?? [];
  return earlier === undefined ? words : Number(earlier);
}

/** What a reader's editor knows of a file. */
interface Known {
  readonly functions: readonly NamedFunction[];
  readonly names: readonly NamedImport[];
  /** Paths of the files that it imports. */
  readonly imports: readonly string[];
}

/**
 * What keeps a reader with "go to definition" from following these steps.
 * @param read the text of a file; nothing when there is none
 */
export function problemsOfJourney(
  steps: readonly Step[],
  read: (path: string) => string | undefined,
): string[] {
  const files = new Map<string, Known | undefined>();
  const know = (path: string): Known | undefined => {
    if (!files.has(path)) files.set(path, knownOf(path, read(path)));
    return files.get(path);
  };
  return steps.flatMap(({ path, name, from }) => {
    const file = know(path);
    if (!file) return [`there is no file ${path}`];
    if (!file.functions.some((each) => each.name === name)) return [`${path} has no function ${name}`];
    if (typeof from === 'string' || from === 0) return [];
    const origin = steps[from - 1];
    if (!origin) return [`${path} › ${name} comes from a step ${from} that is not there`];
    return leadsTo(origin, { path, name }, know)
      ? []
      : [`${origin.path} › ${origin.name} does not lead to ${path} › ${name}`];
  });
}

type Place = Pick<Step, 'path' | 'name'>;

/** The function names the other one, in the same file or in one that its own file knows. */
function leadsTo(origin: Place, { path, name }: Place, know: (path: string) => Known | undefined): boolean {
  const { functions = [], names = [], imports = [] } = know(origin.path) ?? {};
  // What a function is given has its type in a file of its own: an editor goes on from there.
  const isKnown = [origin.path, ...imports].some(
    (each) => each === path || know(each)?.imports.includes(path),
  );
  const imported = names.find((each) => each.name === name && at(origin.path, each.target) === path);
  const mention = new RegExp(`(?<![\\w$])${imported?.local ?? name}(?![\\w$])`);
  const texts = functions.filter((each) => each.name === origin.name);
  return isKnown && texts.some(({ text }) => mention.test(text.replace(origin.name, '')));
}

function knownOf(path: string, code: string | undefined): Known | undefined {
  if (code === undefined) return undefined;
  const imports = sourceFile(path, code).imports.flatMap(({ target }) => at(path, target) ?? []);
  return { functions: namedFunctions(code), names: namedImports(code), imports };
}

const at = (path: string, target: string): string | undefined => targetOf(path, { target });
