import type { ConfigForm } from '../adapters/tool.ts';
import { portNumber } from '../match/port-text.ts';
import type { Project } from '../project.ts';
import { type Command, fileIn } from '../text/command.ts';
import { optionValue, splitOption } from '../text/options.ts';
import { expressionPort } from './listen-calls.ts';
import { type Listening, withoutComments } from './listening.ts';

const SCRIPT = /\.[cm]?[jt]s$/;

/** What the configuration that a tool is going to read says of its port. */
export function configuredPort(
  form: ConfigForm,
  { words, dir }: Command,
  project: Project,
): Listening | undefined {
  if (dir === undefined) return undefined;
  const at = words.findIndex((word) => form.options?.includes(splitOption(word).name));
  const named = at < 0 ? undefined : optionValue(words, at);
  if (at >= 0 && named === undefined) return undefined;
  for (const name of named === undefined ? form.files : [named]) {
    const file = fileIn(dir, name);
    const text = project.readFile(file);
    if (text !== undefined) return readPort(form, file, text);
  }
  return undefined;
}

function readPort({ port: pattern }: ConfigForm, file: string, text: string): Listening | undefined {
  const isScript = SCRIPT.test(file);
  const plain = withoutComments(text, isScript || file.endsWith('.json') ? 'js' : 'python');
  const match = pattern.exec(plain);
  if (!match) return undefined;
  const { port, fallback, variable, value = '' } = match.groups ?? {};
  const said = isScript ? expressionPort(value, 'js') : { port: portNumber(port ?? fallback), variable };
  const line = plain.slice(0, match.index + match[0].length).split('\n').length;
  const isFixed = said?.port !== undefined && said.variable === undefined;
  return { place: { file, line }, port: said?.port, variable: said?.variable, isFixed };
}
