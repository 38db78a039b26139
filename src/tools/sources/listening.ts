import type { Project } from '../project.ts';
import { joinDir } from '../text/command.ts';
import type { Place } from '../text/word.ts';
import { goImports, rustModules } from './built.ts';
import { type Entry, firstOf, moduleAt } from './entry.ts';
import { LISTEN_CALLS, readPort } from './listen-calls.ts';

/** Where a program of the project listens, as far as its text says so. */
export interface Listening {
  place: Place;
  /** The number in the text, or the one that stands in where the variable is not set. */
  port: number | undefined;
  /** The variable that it reads its port from. */
  variable: string | undefined;
  /** What the variable holds, when it is not the bare number. */
  value?: string | undefined;
  /** It listens on that number and on no other. */
  isFixed: boolean;
}

const MOST_FILES = 12;
const DEEPEST = 2;
const LONGEST = 200_000;

/** The first call that listens, in the file or in those that it imports. */
export function listeningOf(entry: Entry, project: Project): Listening | undefined {
  const seen = new Set<string>();
  let level = [entry];
  for (let depth = 0; depth <= DEEPEST; depth += 1) {
    for (const each of level) {
      seen.add(each.file);
      const found = each.text.length > LONGEST ? undefined : listensIn(each);
      if (found) return found;
    }
    if (!['js', 'go', 'rust'].includes(entry.language)) return undefined;
    level = level
      .flatMap((each) => importsOf(each, project))
      .filter(({ file }) => !seen.has(file))
      .slice(0, MOST_FILES - seen.size);
  }
  return undefined;
}

function listensIn({ language, file, text }: Entry): Listening | undefined {
  const code = withoutComments(text, language);
  for (const { pattern, needs = '', fallback, override } of LISTEN_CALLS[language]) {
    const match = code.includes(needs) ? pattern.exec(code) : null;
    if (match) {
      const line = code.slice(0, match.index).split('\n').length;
      const {
        port = fallback,
        variable,
        isFixed = false,
      } = readPort(code, code.slice(match.index, match.index + 300), language);
      const own = { place: { file, line }, port };
      return override ? { ...own, ...override, isFixed: false } : { ...own, variable, isFixed };
    }
  }
  return undefined;
}

/** Comments, and texts in which a call may stand, become spaces, so that offsets and lines stay. */
export function withoutComments(text: string, language: Entry['language']): string {
  const isHash = language === 'python' || language === 'ruby';
  const pattern = isHash
    ? /("""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#[^\n]*/g
    : /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replaceAll(pattern, (whole, string: string | undefined) =>
    string !== undefined && !string.includes('(') ? string : whole.replaceAll(/[^\n]/g, ' '),
  );
}

const IMPORT = /(?:\bfrom|\brequire\(|\bimport\(|\bimport)\s*['"](\.{1,2}\/[^'"]+|\.{1,2})['"]/g;

function importsOf({ language, file, text }: Entry, project: Project): Entry[] {
  if (language === 'go' || language === 'rust') {
    const files = language === 'go' ? goImports(text, project) : rustModules(text, file);
    return files.flatMap((each) => firstOf([each], '.', language, project) ?? []);
  }
  const dir = joinDir(file, '..') ?? '.';
  return [...text.matchAll(IMPORT)].flatMap(([, path = '']) => moduleAt(path, dir, project) ?? []);
}
