import { wrapWords } from '../../print/table.ts';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['j k, arrows', 'the next service, the one before; g and G for the ends'],
  ['/', 'only services with these words: name, port, state, branch, folder...'],
  ['o', 'open it in the browser, or show its address where there is none'],
  ['l', 'its log, as it is written; / finds text there, f follows again'],
  ['s', 'stop it, after a y'],
  ['r', 'end it, and start it again as it was started'],
  ['w, enter', 'whose port that is: worktree, branch, command, who started it'],
  ['d', 'what is wrong with this installation, and how to mend it'],
  ['?', 'these keys'],
  ['esc', 'close what is open; clear the filter'],
  ['ctrl-z', 'back to the shell for a while; fg returns'],
  ['q, ctrl-c', 'quit; services go on'],
];

const STATES: readonly (readonly [state: string, meaning: string])[] = [
  ['listening', 'it runs, and listens on its port'],
  ['starting', 'it has a port, and does not listen yet'],
  ['reserved', 'a port that something else than a run keeps'],
  ['drifted', 'it listens on another port than the one that it was given'],
  ['conflict', 'a program outside of Styxy listens on its port'],
  ['orphaned', 'what started it is gone'],
  ['external', 'a program that was started without Styxy'],
];

const WORD_WIDTH = 13;
/** Of a meaning, in however narrow a window. */
const LEAST_WIDTH = 20;

export function helpLines(width: number, bold: (text: string) => string): string[] {
  const rows = ([word, meaning]: readonly [string, string]): string[] =>
    wrapWords(meaning, Math.max(LEAST_WIDTH, width - WORD_WIDTH - 2)).map(
      (line, at) => `  ${(at === 0 ? word : '').padEnd(WORD_WIDTH)}${line}`,
    );
  return [
    bold('Keys'),
    ...KEYS.flatMap(rows),
    '',
    bold('States'),
    ...STATES.flatMap(rows),
    '',
    ...wrapWords('All commands: styxy --help. The same as a page in the browser: styxy dashboard.', width),
  ];
}
