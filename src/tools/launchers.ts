import { type Command, isPackage, programName } from './command.ts';
import { type Options, readOptions } from './options.ts';
import { readAssignment, type Assignment, type Word } from './word.ts';

/** A program that starts another one, which its own words name after its options. */
interface Launcher extends Options {
  /** It takes `NAME=value` words first, and sets them. */
  assigns?: boolean;
  /** Whether it starts this word as a program; any word, when missing. */
  starts?: (word: Word | undefined) => boolean;
}

const LAUNCHERS: Readonly<Record<string, Launcher>> = {
  npx: {
    flags: [
      '-y',
      '--yes',
      '--no',
      '--no-install',
      '-q',
      '--quiet',
      '--silent',
      '--offline',
      '--prefer-offline',
    ],
    values: ['-p', '--package'],
    starts: isPackage,
  },
  pnpx: { flags: ['-s', '--silent'], values: ['--package'], starts: isPackage },
  bunx: { flags: ['--bun', '-b', '--silent', '--verbose'], values: ['-p', '--package'], starts: isPackage },
  env: { flags: ['-i', '--ignore-environment'], values: ['-u', '--unset'], assigns: true },
  'cross-env': { assigns: true },
  node: {
    flags: ['--enable-source-maps', '--inspect', '--max-old-space-size', '--no-deprecation', '--no-warnings'],
    starts: isInstalled,
  },
  exec: {},
  command: {},
  nohup: {},
  time: { flags: ['-p'] },
  corepack: {},
};

/** The command that is started in the end, after every launcher it goes through; stops at one it can't follow. */
export function throughLaunchers(command: Command): Command {
  const next = step(command);
  return next === undefined ? command : throughLaunchers(next);
}

function step(command: Command): Command | undefined {
  const program = programName(command.words[0]?.value ?? '');
  const launcher = Object.hasOwn(LAUNCHERS, program) ? LAUNCHERS[program] : undefined;
  const read = launcher && readOptions(command.words, 1, launcher);
  if (launcher === undefined || read === undefined) return undefined;
  const rest = command.words.slice(command.words[read.next]?.value === '--' ? read.next + 1 : read.next);
  const set = launcher.assigns === true ? leadingAssignments(rest) : [];
  const words = rest.slice(set.length);
  if (words.length === 0 || launcher.starts?.(words[0]) === false) return undefined;
  return { ...command, words, assignments: [...command.assignments, ...set] };
}

/** A program of a package: `node node_modules/vite/bin/vite.js` is vite. */
function isInstalled(word: Word | undefined): boolean {
  return word?.value !== undefined && /(^|[\\/])node_modules[\\/]/.test(word.value);
}

function leadingAssignments(words: readonly Word[]): Assignment[] {
  const assignments: Assignment[] = [];
  for (const word of words) {
    const assignment = readAssignment(word);
    if (assignment === undefined) break;
    assignments.push(assignment);
  }
  return assignments;
}
