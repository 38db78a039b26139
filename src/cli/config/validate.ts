import { basename, relative, resolve } from 'node:path';
import { ERRORS } from '../../base/error-codes.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { findProjectConfig } from '../../project/find-config.ts';
import { checkNearestPackage } from '../../project/package-file.ts';
import { readConfigFile, type FoundConfig } from '../../project/read-config.ts';
import { problemsOfProject } from '../../project/load-config.ts';
import { parseJsonConfig, parseProjectConfig, parseUserConfig, withLines } from '../../settings/parse.ts';
import type { ConfigProblem } from '../../settings/problem.ts';
import { userProblems } from '../../settings/resolve.ts';
import { layTypes, type TypeSource } from '../../settings/service-types.ts';
import { readTextIfThere } from '../../system/files/read-text.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

interface Checked {
  file: string;
  problems: ConfigProblem[];
  /** For the types of the project to be compared with. */
  types?: TypeSource | undefined;
}

export async function execute(
  { cwd, out, paths, looking }: Context,
  { json }: { json?: boolean },
  [given]: string[],
): Promise<number> {
  const file = given === undefined ? undefined : resolve(cwd, given);
  const user = file === undefined || !isProjectFile(file) ? checkUserFile(file ?? paths.config) : undefined;
  if (file !== undefined && user === null) {
    throw new StyxyError('BAD_CONFIG', `there is no ${file}`, { hint: 'styxy config path shows the files' });
  }
  const read = async (): Promise<FoundConfig | undefined> =>
    file === undefined
      ? findProjectConfig(cwd, findWorktree(cwd).path, { ...looking, unread: () => undefined })
      : readConfigFile(file, { ...looking, unread: () => undefined });
  const types = user?.types ?? checkUserFile(paths.config)?.types;
  const project = file === undefined || isProjectFile(file) ? await checkProject(read, types) : undefined;
  const scripts = file === undefined ? checkScripts(cwd, project?.file) : undefined;
  const checked = [user, project, scripts].filter((each) => each !== undefined && each !== null);
  const problems = checked.flatMap((each) => each.problems);
  const valid = problems.length === 0;
  if (json) out.json({ valid, files: checked.map((each) => each.file), problems });
  else {
    for (const { file: where, line, message } of problems) {
      const file = near(where, cwd);
      out.line(`${out.paint('bold', line === null ? file : `${file}:${line}`)}: ${message}`);
    }
    for (const each of checked) if (each.problems.length === 0) out.line(`${near(each.file, cwd)}: valid`);
    if (checked.length === 0) out.note('there is no configuration: everything is as built in');
  }
  return valid ? 0 : ERRORS.BAD_CONFIG.exit;
}

/** Scripts of a package.json with mistakes are services that nobody finds. One without mistakes is not named. */
function checkScripts(cwd: string, told: string | undefined): Checked | undefined {
  const found = checkNearestPackage(cwd, findWorktree(cwd).path);
  return found && found.problems.length > 0 && found.file !== told ? found : undefined;
}

/** A path that an editor opens from here, and no longer than it must be. */
function near(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short.startsWith('..') ? file : short;
}

/** Told by its name: a project's files have one of their own. */
const isProjectFile = (file: string): boolean =>
  /^(styxy\.config\.\w+|\.styxyrc(\.\w+)?|package\.json)$/.test(basename(file));

/** @returns null when there is no such file */
function checkUserFile(file: string): Checked | null {
  try {
    const text = readTextIfThere(file);
    if (text === undefined) return null;
    const content = parseJsonConfig(text, file);
    const problems = withLines(userProblems(content, file), text);
    if (problems.length > 0) return { file, problems };
    return { file, problems, types: { file, types: parseUserConfig(content, file).service_types } };
  } catch (error) {
    return { file, problems: problemsIn(error, file) };
  }
}

async function checkProject(
  read: () => Promise<FoundConfig | undefined>,
  user: TypeSource | undefined,
): Promise<Checked | undefined> {
  try {
    const found = await read();
    if (!found) return undefined;
    const { file, content } = found;
    if (found.isUnread) return { file, problems: [unread(file)] };
    const problems = await problemsOfProject(found);
    if (problems.length > 0) return { file, problems };
    const own = { file, types: parseProjectConfig(content, file).service_types ?? {} };
    const laid = layTypes(user ? [user, own] : [own]).problems;
    return { file, problems: laid.filter((each) => each.file === file) };
  } catch (error) {
    return { file: fileOf(error), problems: problemsIn(error, fileOf(error)) };
  }
}

function fileOf(error: unknown): string {
  return error instanceof StyxyError && typeof error.details.file === 'string'
    ? error.details.file
    : "the project's configuration";
}

/** A check that has not looked must not say that all is well. */
function unread(file: string): ConfigProblem {
  const expected = 'a program that you have run here as it is now';
  const message =
    'was not read: it is a program, and you have not run it here as it is now; styxy config trust allows it';
  return { file, path: '', line: null, value: null, expected, did_you_mean: null, message };
}

/** A file that can't be read or evaluated has one problem: that. */
function problemsIn(error: unknown, file: string): ConfigProblem[] {
  if (!(error instanceof StyxyError)) throw error;
  const told = error.details.problems;
  if (Array.isArray(told) && told.length > 0) return told as ConfigProblem[];
  const message = [error.message, error.why].filter(Boolean).join(': ');
  return [
    {
      file,
      path: '',
      line: null,
      value: null,
      expected: 'a file that can be read',
      did_you_mean: null,
      message,
    },
  ];
}
