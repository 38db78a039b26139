import { asObject, asText, readJson } from '../project.ts';
import { fileIn } from '../text/command.ts';
import { isOption } from '../text/options.ts';
import { impliedWord } from '../text/word.ts';
import { lineOf, type Runner, textStarts } from './start.ts';

/** `tauri dev`: the command that its file names serves the pages, and its window shows them. */
export const tauri: Runner = (command, project) => {
  const { words, dir } = command;
  const verb = words.findIndex((word, index) => index > 0 && !isOption(word));
  if (words[verb]?.value !== 'dev' || dir === undefined) return undefined;
  const file = fileIn(dir, 'src-tauri/tauri.conf.json');
  const before = asObject(readJson(project, file)?.build)?.beforeDevCommand;
  const text = asText(before) ?? asText(asObject(before)?.script);
  if (text === undefined) return undefined;
  const place = { file, line: lineOf(project.readFile(file) ?? '', /"beforeDevCommand"/) };
  const rest = words.slice(verb + 1);
  const window = { ...command, words: [impliedWord('tauri window'), ...rest] };
  return [...textStarts({ kind: 'file', text, place }, command, project), { command: window, final: true }];
};
