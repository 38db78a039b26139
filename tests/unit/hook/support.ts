import type { Line, Setting } from '../../../src/hook/line/command.ts';
import { readLine } from '../../../src/hook/line/read.ts';
import { wrapServers } from '../../../src/hook/wrap.ts';
import { parseShell } from '../../../src/tools/text/shell-parser.ts';

export const SETTING: Setting = {
  variables: { HOME: '/home/ann', PWD: '/work/shop' },
  repository: '/work/shop',
};

/** The commands of a line that bash accepts. */
export function lineOf(text: string): Line {
  const line = readLine(text, parseShell, SETTING);
  if (line === undefined) throw new Error(`not understood: ${text}`);
  return line;
}

/** The line with each `serve` wrapped, here the only program that binds a port. */
export function wrapped(text: string, wrapper = 'styxy run -- '): string {
  const { commands } = lineOf(text);
  const binds = ({ words: [first] }: Line['commands'][number]) => first?.value === 'serve';
  return wrapServers(text, commands, wrapper, { parseShell, setting: SETTING, binds })?.text ?? text;
}
