import type { Program } from '../program.ts';
import { numberOf } from '../servers.ts';
import type { Project } from '../project.ts';
import { fileIn } from '../text/command.ts';
import { envEntries } from '../text/env-text.ts';
import type { Place } from '../text/word.ts';
import { movedIn, type Moves } from './elsewhere.ts';

/** A number that means another server, in a file that a program reads by itself. */
export interface Mention {
  number: number;
  place: Place;
  /** For people: `http://localhost:4000`. */
  text: string;
}

/** A variable of a .env file. What is set in the environment counts more than the file. */
export interface FileVariable {
  name: string;
  value: string;
}

/** Settings that lead from one server to another. */
const SETTINGS = [
  ...['vite', 'rsbuild', 'rspack', 'webpack', 'next', 'nuxt', 'astro', 'vue', 'svelte', 'remix'].flatMap(
    (name) => ['js', 'ts', 'mjs', 'mts', 'cjs'].map((ending) => `${name}.config.${ending}`),
  ),
  'proxy.conf.json',
  'proxy.conf.js',
  'src/proxy.conf.json',
  'src/setupProxy.js',
];
/** Those that count more come later. */
const VARIABLES = ['.env', '.env.development', '.env.local', '.env.development.local'];

/** The places of settings where the number of another server stands: they keep it. */
export function mentionsIn(servers: readonly Program[], project: Project): Mention[] {
  const numbers = new Set(servers.map(numberOf).filter((number) => number !== undefined));
  return foldersOf(servers).flatMap((folder) =>
    SETTINGS.flatMap((name) => {
      const file = fileIn(folder, name);
      const text = project.readFile(file);
      return text === undefined ? [] : [...numbers].flatMap((number) => mentionsOf(number, file, text));
    }),
  );
}

function mentionsOf(number: number, file: string, text: string): Mention[] {
  return movedIn(text, new Map([[number, 0]])).map(({ start, end }) => {
    const before = /[^\s"'`]*$/.exec(text.slice(0, start))?.[0] ?? '';
    return {
      number,
      place: { file, line: text.slice(0, start).split('\n').length },
      text: `${before}${text.slice(start, end)}`,
    };
  });
}

/** The variables of .env files in which a number of a server stands, and that stand alone. */
export function fileVariables(servers: readonly Program[], project: Project): FileVariable[] {
  const found = foldersOf(servers).flatMap((folder) => {
    const own = VARIABLES.flatMap((name) => entriesOf(project.readFile(fileIn(folder, name)) ?? ''));
    return [...new Map(own.map((entry) => [entry.name, entry])).values()];
  });
  // What two packages call alike can't be set for both.
  return found.filter(({ name, value }) => found.every((each) => each.name !== name || each.value === value));
}

/** PORT is set for each server alone; `$` would make the value depend on others. */
function entriesOf(text: string): FileVariable[] {
  return envEntries(text).filter(({ name, value }) => name !== 'PORT' && !value.includes('$'));
}

/** The values of those in which a number becomes another one. */
export function movedVariables(variables: readonly FileVariable[], moves: Moves): Record<string, string> {
  const moved = variables.flatMap(({ name, value }): [string, string][] => {
    // A lone number is a port where its name says so.
    const lead = /port$/i.test(name) && /^\d+$/.test(value) ? 'PORT=' : '';
    const places = movedIn(`${lead}${value}`, moves);
    const next = places.reduceRight(
      (text, { start, end, to }) => `${text.slice(0, start)}${to}${text.slice(end)}`,
      `${lead}${value}`,
    );
    return places.length === 0 ? [] : [[name, next.slice(lead.length)]];
  });
  return Object.fromEntries(moved);
}

const foldersOf = (servers: readonly Program[]): string[] => [
  ...new Set(servers.flatMap(({ folder }) => folder ?? [])),
];
