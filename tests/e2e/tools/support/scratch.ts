import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { startProgram } from '../../../support/home.ts';
import { networkEnv, npmInstall, succeed, writeProject } from '../../support/project.ts';
import type { ToolCase } from './tool-case.ts';

/** Kept from run to run: the packages of all tools are some gigabytes. */
const SCRATCH = join(tmpdir(), `styxy-tools-${userInfo().uid}`);

const INSTALL_MS = 600_000;
/** Without a network they give up soon. */
const INSTALL_OPTIONS = [
  '--legacy-peer-deps',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/** A tool that is there, in a project of its own. */
export interface Installed {
  folder: string;
  /** Where its programs are found. */
  PATH: string;
  version: string;
}

/** @returns a text when it can't be had: why */
export async function install(tool: ToolCase): Promise<Installed | string> {
  const { PATH: own = '' } = process.env;
  if (tool.needs && spawnSync(tool.needs[0], tool.needs.slice(1)).status !== 0)
    return `this machine has no ${tool.needs.join(' ')}`;
  try {
    const folder = join(SCRATCH, tool.name.replaceAll(/[^\w.-]+/g, '-'));
    const node = tool.newNode && (await withPackages(join(SCRATCH, 'node'), ['node@24']));
    const bin = tool.packages && (await withPackages(folder, tool.packages));
    const PATH = [node, bin, own].filter(Boolean).join(delimiter);
    writeFiles(folder, tool);
    await prepare(folder, tool, PATH);
    return { folder, PATH, version: await versionOf(folder, tool, PATH) };
  } catch (error) {
    return `it can't be had: ${String(error)}`;
  }
}

/** @returns the folder of its programs */
async function withPackages(folder: string, packages: readonly string[]): Promise<string> {
  await once(folder, packages, async () => {
    mkdirSync(folder, { recursive: true });
    writeProject(folder, { 'package.json': { private: true } });
    await npmInstall(folder, [...packages, ...INSTALL_OPTIONS], INSTALL_MS);
  });
  return join(folder, 'node_modules', '.bin');
}

/** What a build leaves is kept as long as nothing that goes into it has changed. */
async function prepare(
  folder: string,
  { prepare: words, files, env, packages }: ToolCase,
  PATH: string,
): Promise<void> {
  if (!words) return;
  const made = join(folder, '.prepared');
  await once(made, [words, files, packages], async () => {
    await succeed(words, { cwd: folder, env: { ...networkEnv(), ...env, PATH }, deadlineMs: INSTALL_MS });
    mkdirSync(made, { recursive: true });
  });
}

/** A folder says for what it was made; one for anything else is made again. */
async function once(folder: string, madeFor: unknown, make: () => Promise<void>): Promise<void> {
  const note = join(folder, '.made-for');
  const text = JSON.stringify(madeFor);
  if (existsSync(note) && readFileSync(note, 'utf8') === text) return;
  rmSync(folder, { recursive: true, force: true });
  await make();
  writeFileSync(note, text);
}

/** `vite@8`, `@scope/name@1` */
const nameOf = (versioned: string): string => versioned.replace(/(?<=.)@[^@/]*$/, '');

/** The project's files as they are written, and its package script. */
export function writeFiles(
  folder: string,
  { files, fixed, packages = [] }: ToolCase,
  port = 0,
): Readonly<Record<string, string>> {
  const dependencies = Object.fromEntries(packages.map((each) => [nameOf(each), '*']));
  const own = { name: 'page', private: true, scripts: { fixed }, dependencies };
  const given = files['package.json'];
  const all = { ...files, 'package.json': { ...own, ...(typeof given === 'object' ? given : {}) } };
  const texts = Object.entries(all).map(([name, content]) => [
    name,
    (typeof content === 'string' ? content : JSON.stringify(content, null, 2)).replaceAll(
      '{port}',
      String(port),
    ),
  ]);
  const written = Object.fromEntries(texts) as Record<string, string>;
  writeProject(folder, written);
  return written;
}

async function versionOf(folder: string, { packages, needs }: ToolCase, PATH: string): Promise<string> {
  const [first] = packages ?? [];
  if (first !== undefined) {
    const file = join(folder, 'node_modules', nameOf(first), 'package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8'));
    return String(version);
  }
  if (!needs) return process.version.slice(1);
  const exit = await startProgram(needs, { cwd: folder, env: { PATH } }).finished();
  return /\d+(\.\d+)+/.exec(exit.stdout + exit.stderr)?.[0] ?? 'unknown';
}
