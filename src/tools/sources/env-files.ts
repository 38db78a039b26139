import { fixedPort, portNumber } from '../match/port-text.ts';
import { asObject, type Project } from '../project.ts';
import { readPackage } from '../runners/package-file.ts';
import { type Command, fileIn } from '../text/command.ts';
import { envEntries } from '../text/env-text.ts';
import { optionValue, splitOption } from '../text/options.ts';
import type { Place } from '../text/word.ts';
import type { Entry } from './entry.ts';

/** A port in a .env file. */
export interface FilePort {
  port: number;
  place: Place;
}

/** Libraries that load `.env` into the variables of a program. */
const LIBRARIES = ['dotenv', 'dotenv-expand', 'dotenv-flow', 'dotenv-safe', '@nestjs/config', 'env-cmd'];
const LOADS = /\b(dotenv|godotenv|dotenvy|loadEnvFile)\b/;

/** The first of the files that sets the variable to a port; those that its starter loads come before the program's own. */
export function portInFiles(
  files: readonly string[],
  variable: string,
  { dir, envFiles = [] }: Command,
  project: Project,
): FilePort | undefined {
  const own = dir === undefined ? [] : files.map((each) => fileIn(dir, each));
  for (const file of [...envFiles, ...own]) {
    const entry = envEntries(project.readFile(file) ?? '').findLast(({ name }) => name === variable);
    const port = fixedPort(portNumber(entry?.value));
    if (entry && port !== undefined) return { port, place: { file, line: entry.line } };
  }
  return undefined;
}

/** The .env files that a program of the project loads, as far as its command, its text and its package say; the first wins. */
export function envFilesOf({ text, file }: Entry, { words, dir }: Command, project: Project): string[] {
  const named = words.flatMap((word, at) =>
    /^--env-file(-if-exists)?$/.test(splitOption(word).name) ? (optionValue(words, at) ?? []) : [],
  );
  if (named.length > 0) return named.toReversed();
  const isBun = words[0]?.value === 'bun' && /\.[cm]?[jt]sx?$/.test(file);
  if (isBun) return ['.env.local', '.env.development', '.env'];
  if (LOADS.test(text)) return text.includes('.env.local') ? ['.env.local', '.env'] : ['.env'];
  const { dependencies, devDependencies } = (dir && readPackage(project, dir)?.content) || {};
  const installed = { ...asObject(dependencies), ...asObject(devDependencies) };
  return LIBRARIES.some((name) => Object.hasOwn(installed, name)) ? ['.env'] : [];
}
