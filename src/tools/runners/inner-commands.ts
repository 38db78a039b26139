import type { Command } from '../text/command.ts';
import { isTerminator, valuesOf } from '../text/options.ts';
import { quotedSource } from '../text/word.ts';
import { type Runner, type Start, textStarts } from './start.ts';

/** A tool that serves, and starts a command that serves beside it. */
interface Host {
  /** Its first words. */
  verb: readonly string[];
  /** Options that hold the command; missing where it stands behind a lone `--`. */
  options?: readonly string[];
}

const HOSTS: Readonly<Record<string, Host>> = {
  tinacms: { verb: ['dev'], options: ['-c', '--command'] },
  '@tinacms/cli': { verb: ['dev'], options: ['-c', '--command'] },
  swa: { verb: ['start'], options: ['-r', '--run'] },
  '@azure/static-web-apps-cli': { verb: ['start'], options: ['-r', '--run'] },
  wrangler: { verb: ['pages', 'dev'] },
};

export const HOST_NAMES = Object.keys(HOSTS);

/** `tinacms dev -c "next dev"`: the tool itself, and the command. */
export function innerCommand(name: string): Runner {
  return (command, project) => {
    const { words } = command;
    const { verb, options } = HOSTS[name]!;
    if (!verb.every((each, index) => words[index + 1]?.value === each)) return undefined;
    const own: Start = { command, final: true };
    if (options === undefined) {
      const inner = behindTerminator(command);
      return inner && [own, { command: inner }];
    }
    const [given] = valuesOf(words, options);
    const source = given?.word && !given.attached ? quotedSource(given.word) : undefined;
    return source && [own, ...textStarts(source, command, project)];
  };
}

function behindTerminator(command: Command): Command | undefined {
  const end = command.words.findIndex(isTerminator);
  const words = end < 0 ? [] : command.words.slice(end + 1);
  const { head: _, ...inner } = command;
  return words.length === 0 ? undefined : { ...inner, words };
}
