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
  const starts = webServers(text, from).flatMap(({ command: own, line }) => {
    const place = { file, line };
    const step = { name: 'webServer', kind: 'process', place } as const;
    return textStarts({ kind: 'file', text: own, place }, command, project, step);
  });
  return starts.length === 0 ? undefined : starts;
};

/** The value of `command`, with its texts: it ends at a comma, a brace or a line that does not go on. */
const COMMAND = /\bcommand\s*:\s*((?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`|\n\s*[?:+]|[^\n,}'"`])*)/g;

/** The command lines, of which there may be two: `process.env.CI ? 'npm start' : 'npm run dev'`. The last one is not for CI. */
function webServers(text: string, from: number): { command: string; line: number }[] {
  const found = [...text.slice(from).matchAll(COMMAND)];
  return found.flatMap(({ 1: expression = '', index }) => {
    const literals = [...expression.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`\n]*)`/g)];
    const command = literals.map((each) => each[1] ?? each[2] ?? each[3]).at(-1);
    const line = text.slice(0, from + index).split('\n').length;
    return command === undefined ? [] : [{ command: withConstants(command, text), line }];
  });
}

/** `${PORT}` of a template, where the file says what it is. */
function withConstants(template: string, text: string): string {
  return template.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = new RegExp(`\\b${name}\\s*=\\s*['"]?([\\w./:-]+)['"]?\\s*;?\\s*$`, 'm').exec(text)?.[1];
    return value ?? whole;
  });
}

function hasFlag({ words }: Command, names: readonly string[]): boolean {
  return words.some((word) => names.includes(splitOption(word).name));
}
