import { relative } from 'node:path';
import { withoutFolders } from '../../base/short-text.ts';

/** A program of the project's own, as Node runs it: `node /p/node_modules/.bin/vite --host`. */
const OWN_PROGRAM = /^\S*\bnode(?:js)? \S*node_modules\/\.bin\/([\w.-]+)(.*)$/;
/** The same where the link was followed: `node /p/node_modules/next/dist/bin/next dev`. */
const OF_PACKAGE =
  /^\S*\bnode(?:js)? \S*node_modules\/(?:@[\w.-]+\/)?([\w.-]+)\/(?:\S*\/)?\1(?:\.[cm]?js)?( .*)?$/;
const OF_NODE = /^\S*\bnode(?:js)? (\/\S+)(.*)$/;
const NOT_KNOWN = '<its command>';

/**
 * The line that starts a program the next time, with a lease.
 * @param command as the process has it, which nobody has typed like that
 * @param scripts of the package in the folder in which it runs
 */
export function startAgain(
  command: string,
  folder: string | null,
  scripts: Readonly<Record<string, string>>,
): string {
  const [, program, args = ''] = OWN_PROGRAM.exec(command) ?? OF_PACKAGE.exec(command) ?? [];
  const typed = program === undefined ? typedAs(command, folder) : `${program}${args}`;
  const script = Object.keys(scripts).find((name) => scripts[name]?.trim() === typed);
  if (script !== undefined) return `styxy run ${script}`;
  return `styxy run -- ${program === undefined ? typed : `npx ${typed}`}`;
}

function typedAs(command: string, folder: string | null): string {
  const [, file = '', args = ''] = OF_NODE.exec(command) ?? [];
  const near = folder === null || file === '' ? file : relative(folder, file);
  const typed = file === '' ? withoutFolders(command) : `node ${near.startsWith('..') ? file : near}${args}`;
  // How its words were quoted is not known any more, nor how a program in a package was called.
  const isKnown = /^[\w@%+=:,./ -]+$/.test(typed) && !typed.includes('node_modules/');
  return isKnown ? typed : NOT_KNOWN;
}
