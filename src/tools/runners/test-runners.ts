import { type Command, fileIn } from '../text/command.ts';
import { isOption, optionValue, splitOption } from '../text/options.ts';
import { type Runner, textStarts } from './start.ts';

const CONFIGS = [
  'playwright.config.ts',
  'playwright.config.js',
  'playwright.config.mts',
  'playwright.config.mjs',
  'playwright.config.cjs',
];

/** `playwright test`: the servers that its configuration starts before the tests. */
export const playwright: Runner = (command, project) => {
  const plain = command.words.slice(1).filter((word) => !isOption(word));
  if (plain[0]?.value !== 'test' || hasFlag(command, ['--ui-port', '--ui-host', '--list', '--help']))
    return undefined;
  const dir = command.dir ?? '.';
  const at = command.words.findIndex((word) => ['-c', '--config'].includes(splitOption(word).name));
  const chosen = at < 0 ? undefined : optionValue(command.words, at);
  const file = [...(chosen ? [chosen] : []), ...CONFIGS]
    .map((name) => fileIn(dir, name))
    .find((each) => project.readFile(each) !== undefined);
  const text = file === undefined ? undefined : project.readFile(file);
  const from = text?.search(/\bwebServer\s*:/) ?? -1;
  if (file === undefined || text === undefined || from < 0) return undefined;
  const commands = [
    ...text.slice(from).matchAll(/\bcommand\s*:\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`$\n]*)`)/g),
  ];
  const starts = commands.flatMap((match) => {
    const line = text.slice(0, from + match.index).split('\n').length;
    const place = { file, line };
    return textStarts(
      { kind: 'file', text: match[1] ?? match[2] ?? match[3] ?? '', place },
      command,
      project,
      { name: 'webServer', kind: 'process', place },
    );
  });
  return starts.length === 0 ? undefined : starts;
};

function hasFlag({ words }: Command, names: readonly string[]): boolean {
  return words.some((word) => names.includes(splitOption(word).name));
}
