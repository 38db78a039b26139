import type { ConfigForm } from '../adapters/tool.ts';
import { portNumber } from '../match/port-text.ts';
import type { Project } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { optionValue, splitOption } from '../text/options.ts';
import type { Word } from '../text/word.ts';
import { expressionPort } from './listen-calls.ts';
import { type Listening, withoutComments } from './listening.ts';

const SCRIPT = /\.[cm]?[jt]s$/;

/** What the configuration of a tool says of its port. */
export interface ConfiguredPort extends Listening {
  text: string;
  /** There is no such file, and the text is what stands in for one. */
  isBlank: boolean;
  /** Where the number stands in the text: a server may listen on it by several addresses. */
  numbers: readonly { start: number; end: number }[];
  /** The words that name the file. */
  option: { name: Word; value: Word | undefined } | undefined;
}

/** What the configuration that a tool is going to read says of its port. */
export function configuredPort(
  form: ConfigForm,
  { words, dir }: Command,
  project: Project,
): ConfiguredPort | undefined {
  if (dir === undefined) return undefined;
  const at = words.findIndex((word) => form.options?.includes(splitOption(word).name));
  const name = words[at];
  const named = name && optionValue(words, at);
  if (name && named === undefined) return undefined;
  const option = name && { name, value: splitOption(name).attached ? undefined : words[at + 1] };
  for (const each of named === undefined ? form.files : [named]) {
    const file = fileIn(dir, each);
    const text = project.readFile(file);
    if (text !== undefined) return readPort(form, { file, text, isBlank: false }, option);
  }
  const [first = ''] = form.files;
  const blank = option ? undefined : form.blank;
  if (blank === undefined) return undefined;
  return readPort(form, { file: fileIn(dir, first), text: blank, isBlank: true }, undefined);
}

function readPort(
  { port: pattern }: ConfigForm,
  { file, text, isBlank }: Pick<ConfiguredPort, 'text' | 'isBlank'> & { file: string },
  option: ConfiguredPort['option'],
): ConfiguredPort | undefined {
  const isScript = SCRIPT.test(file);
  const plain = withoutComments(text, isScript || file.endsWith('.json') ? 'js' : 'python');
  const matches = [...plain.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
  const [match] = matches;
  if (!match) return undefined;
  const { port, fallback, variable, value = '' } = match.groups ?? {};
  const said = isScript ? expressionPort(value, 'js') : { port: portNumber(port ?? fallback), variable };
  const same = matches.filter(({ groups }) => port !== undefined && groups?.['port'] === port);
  const numbers = same.map(({ index, 0: whole }) => {
    const start = index + whole.lastIndexOf(port!);
    return { start, end: start + port!.length };
  });
  return {
    place: { file, line: plain.slice(0, match.index + match[0].length).split('\n').length },
    port: said?.port,
    variable: said?.variable,
    isFixed: said?.port !== undefined && said.variable === undefined,
    text,
    isBlank,
    numbers,
    option,
  };
}
