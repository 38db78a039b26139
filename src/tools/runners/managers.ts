import { isTerminator, type Options } from '../text/options.ts';
import type { Word } from '../text/word.ts';

/** A package manager that reads its options first and passes on what follows the script's name. */
export interface Manager {
  options: Options;
  /** Those of `options.values` that name the folder to work in. */
  folders: readonly string[];
  /** Those that name packages of the workspace. */
  filters: readonly string[];
  /** Flags that mean every package of the workspace. */
  all: readonly string[];
  exec: readonly string[];
  /** `exec` keeps the options that come before a `--`. */
  execKeepsOptions: boolean;
  /** `run X` starts the program X when no script has that name. */
  runsPrograms: boolean;
  /** Its own commands: `pnpm add` is no script, whatever package.json says. */
  commands: readonly string[];
  /** The words that reach the script, of those after its name. */
  passes: (words: readonly Word[]) => readonly Word[];
  /** It runs scripts by a shell that we can choose. */
  writable: boolean;
}

/** Seen with pnpm 10, 11 and 12. A `--` is passed on too: `pnpm dev -- --port 1` runs `vite -- --port 1`. */
const pnpm: Manager = {
  options: {
    flags: list(
      '-s --silent --if-present --color --no-color --stream -r --recursive --parallel --no-bail --sequential',
      '--aggregate-output --reverse --no-sort --prod --workspace-root -w --fail-if-no-match --use-stderr',
    ),
    values: list('-C --dir --loglevel --reporter --filter -F --filter-prod --workspace-concurrency'),
  },
  folders: ['-C', '--dir'],
  filters: ['--filter', '-F', '--filter-prod'],
  all: ['-r', '--recursive'],
  exec: ['exec', 'dlx'],
  execKeepsOptions: false,
  runsPrograms: false,
  commands: list(
    'add audit bin config create deploy fetch i import init install link list ls outdated pack patch publish',
    'rebuild remove rm root setup store unlink up update why docs bugs repo home view help login logout whoami',
    'dedupe prune licenses cat-file server self-update env doctor approve-builds catalog ci install-test it',
  ),
  passes: (words) => words,
  writable: true,
};

/** Yarn classic: it drops the first `--`, wherever it stands. */
const yarn: Manager = {
  options: {
    flags: list('-s --silent --verbose --offline --non-interactive -T --top-level -B --binaries-only'),
    values: ['--cwd'],
  },
  folders: ['--cwd'],
  filters: [],
  all: [],
  exec: ['exec', 'dlx'],
  execKeepsOptions: true,
  runsPrograms: true,
  commands: list(
    'add audit bin cache config create global help import info init install link list outdated owner pack',
    'publish remove unlink upgrade version versions why workspace workspaces',
  ),
  passes: (words) => words.toSpliced(indexOrEnd(words), 1),
  writable: true,
};

/** Bun has a shell of its own. It drops a leading `--`. */
const bun: Manager = {
  options: {
    flags: ['-b', '--bun', '--silent', '--hot', '--watch', '--smol', '--if-present', '--no-clear-screen'],
    values: ['--cwd', '--filter', '-F', '--env-file', '--elide-lines'],
  },
  folders: ['--cwd'],
  filters: ['--filter', '-F'],
  all: [],
  exec: ['x'],
  execKeepsOptions: false,
  runsPrograms: true,
  commands: list(
    'a add audit build c create exec i info init install link list outdated patch pm publish remove repl rm',
    'test unlink update upgrade why',
  ),
  passes: (words) => (isTerminator(words[0]) ? words.slice(1) : words),
  writable: false,
};

/** The runner of @antfu/ni: any word is a script of the package, by whichever manager the project has. */
const nr: Manager = {
  options: { flags: ['--if-present'], values: ['-C'] },
  folders: ['-C'],
  filters: [],
  all: [],
  exec: [],
  execKeepsOptions: false,
  runsPrograms: false,
  commands: [],
  passes: (words) => words,
  writable: false,
};

/** Vite+ runs scripts by `run`; what else it has are its own commands. */
const vp: Manager = {
  options: {
    flags: ['-r', '--recursive', '-t', '--transitive', '--parallel', '--no-cache', '--cache'],
    values: ['-F', '--filter', '-C'],
  },
  folders: ['-C'],
  filters: ['-F', '--filter'],
  all: ['-r', '--recursive'],
  exec: ['exec', 'dlx'],
  execKeepsOptions: false,
  runsPrograms: false,
  commands: list(
    'dev build preview test lint fmt format check pack lib install i add remove rm update up outdated why info link',
    'unlink create migrate cache env pm config staged upgrade implode help dedupe list ls',
  ),
  passes: (words) => words,
  writable: false,
};

export const MANAGERS: Readonly<Record<string, Manager>> = { pnpm, yarn, bun, nr, vp };

function list(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}

function indexOrEnd(words: readonly Word[]): number {
  const at = words.findIndex(isTerminator);
  return at < 0 ? words.length : at;
}
