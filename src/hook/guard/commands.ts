import type { ParseShell } from '../../tools/text/shell-parser.ts';
import { programName } from '../../tools/text/command.ts';
import type { Line, LineCommand, Setting } from '../line/command.ts';
import { peel } from '../line/peel.ts';
import { readLine } from '../line/read.ts';
import { MAY_END, targetsOf } from './endings.ts';
import type { Target } from './target.ts';

/** A text that a shell will read, and the folder in which it does. */
export interface InnerText {
  text: string;
  dir: string | undefined;
}

export interface GuardReader {
  parseShell: ParseShell;
  setting: Setting;
  /** The scripts that a command runs: of a package.json, a Makefile. */
  textsBehind(command: LineCommand): readonly InnerText[];
}

const DEEPEST = 4;

/** What the commands of a line are about to end, also those of a `sh -c` and of the scripts that they run. */
export function targetsIn({ commands }: Pick<Line, 'commands'>, reader: GuardReader, depth = 0): Target[] {
  return commands.flatMap((command) => {
    const own = targetsOf(command);
    if (own.length > 0 || depth >= DEEPEST) return own;
    return [...shellTexts(command), ...reader.textsBehind(command)].flatMap(({ text, dir }) => {
      const inner = MAY_END.test(text) ? readLine(text, reader.parseShell, reader.setting) : undefined;
      const moved = inner?.commands.map((each) => ({ ...each, dir: within(dir, each.dir) })) ?? [];
      return targetsIn({ commands: moved }, reader, depth + 1);
    });
  });
}

function within(outer: string | undefined, inner: string | undefined): string | undefined {
  if (outer === undefined || inner === undefined) return undefined;
  return inner === '.' ? outer : inner.startsWith('/') ? inner : `${outer}/${inner}`;
}

/** `bash -c '...'`, `bash <<'EOF'`, `eval '...'`. */
function shellTexts(command: LineCommand): InnerText[] {
  const { words, dir, inputText } = peel(command);
  const name = programName(words[0]?.value ?? '');
  if (name === 'eval')
    return [
      {
        text: words
          .slice(1)
          .map(({ value, text }) => value ?? text)
          .join(' '),
        dir,
      },
    ];
  if (!/^(ba|z|da|k)?sh$/.test(name)) return [];
  const at = words.findIndex(({ value }) => /^-\w*c$/.test(value ?? ''));
  const word = at < 0 ? undefined : words[at + 1];
  const readsInput = words.slice(1).every(({ value }) => value?.startsWith('-') === true);
  const text = word?.value ?? withoutQuotes(word?.text) ?? (readsInput ? inputText : undefined);
  return text === undefined ? [] : [{ text, dir }];
}

/** `"kill $(lsof -ti:3000)"`: it ends the same, whichever of the two shells asks lsof. */
function withoutQuotes(text: string | undefined): string | undefined {
  return text !== undefined && /^"[^"\\]*"$/.test(text) ? text.slice(1, -1) : undefined;
}
