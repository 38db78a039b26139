import { namedFunctions, namedImports } from './named-functions.ts';
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

/**
 * What keeps a reader with "go to definition" from following these steps.
 * @param read the text of a file; nothing when there is none
 */
export function problemsOfJourney(
  steps: readonly Step[],
  read: (path: string) => string | undefined,
): string[] {
  return steps.flatMap(({ path, name, from }) => {
    const code = read(path);
    if (code === undefined) return [`there is no file ${path}`];
    if (!namedFunctions(code).some((each) => each.name === name)) return [`${path} has no function ${name}`];
    if (typeof from === 'string' || from === 0) return [];
    const origin = steps[from - 1];
    if (!origin) return [`${path} › ${name} comes from a step ${from} that is not there`];
    return leadsTo(origin, { path, name }, read)
      ? []
      : [`${origin.path} › ${origin.name} does not lead to ${path} › ${name}`];
  });
}

type Place = Pick<Step, 'path' | 'name'>;

/** The function names the other one, in the same file or in one that its own file knows. */
function leadsTo(origin: Place, { path, name }: Place, read: (path: string) => string | undefined): boolean {
  const code = read(origin.path) ?? '';
  // What a function is given has its type in a file of its own: an editor goes on from there.
  const known = [origin.path, ...importedBy(origin.path, code)];
  const isKnown =
    known.includes(path) || known.some((each) => importedBy(each, read(each) ?? '').includes(path));
  const imports = namedImports(code).filter(({ target }) => at(origin.path, target) === path);
  const alias = imports.find((each) => each.name === name)?.local ?? name;
  const texts = namedFunctions(code).filter((each) => each.name === origin.name);
  const mention = new RegExp(`(?<![\\w$])${alias}(?![\\w$])`);
  return isKnown && texts.some(({ text }) => mention.test(text.replace(origin.name, '')));
}

const importedBy = (path: string, code: string): string[] =>
  sourceFile(path, code).imports.flatMap(({ target }) => at(path, target) ?? []);

const at = (path: string, target: string): string | undefined => targetOf(path, { target });
