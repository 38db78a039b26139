import { dirname, join } from 'node:path';
import { loadProjectConfig } from '../../project/load-config.ts';
import { partVariables } from '../../project/loader-variables.ts';
import { requireFolder } from '../../project/require-folder.ts';
import type { ProjectPortsAnswer } from '../../protocol/answers/project.ts';
import { projectVariables, serviceVariables } from '../../run/child/child-env.ts';
import { hereOf } from '../../run/plan/here.ts';
import { addressesOf, portsOfProject } from '../../run/plan/project-ports.ts';
import type { Context } from '../context.ts';

/** What the services of a worktree get, and what they don't. */
export interface FoundVariables {
  variables: Record<string, string>;
  /** Names of those that are addresses of services. */
  ofServices: string[];
  /** The folder whose programs read them: that of the configuration, else of the package. */
  folder: string;
  problems: ProjectPortsAnswer['problems'];
  /** Only known to a service that runs. */
  missing: string[];
  /** They decide what programs load, so that only the project's own get them. */
  loaders: readonly string[];
}

/** @param lasting only services that the configuration names, if it names any: others come and go */
export async function findVariables(
  { coordinator, cwd, env, looking }: Context,
  lasting: boolean,
): Promise<FoundVariables> {
  requireFolder(cwd);
  const { path, folder } = hereOf(cwd);
  const project = await loadProjectConfig(cwd, path, looking);
  const instance = env.STYXY_INSTANCE;
  const { services, problems } = await portsOfProject(coordinator, project, { path, env, instance });
  const named = lasting ? project?.config.services : undefined;
  const addresses = addressesOf(services.filter(({ service_name: name }) => !named || name in named));
  const { plain: projectEnv, loaders } = partVariables(project?.config.env ?? {});
  const ofServices = serviceVariables(addresses);
  const variables = { ...ofServices, ...projectVariables(addresses, projectEnv) };
  return {
    variables,
    ofServices: Object.keys(ofServices),
    folder: project ? dirname(project.file) : join(path, folder),
    problems,
    missing: Object.keys(projectEnv).filter((name) => !(name in variables)),
    loaders,
  };
}

/** For people, once the variables are printed or written. */
export function tellMissing(
  { out }: Context,
  { variables, problems, missing, loaders }: FoundVariables,
  unwritable: readonly string[],
): void {
  if (Object.keys(variables).length === 0) out.note('no service of this worktree is running or configured');
  for (const { service_name, message, why } of problems) {
    out.note(`styxy: ${service_name} can get no port: ${message}${why ? ` (${why})` : ''}`);
  }
  if (missing.length > 0) out.note(`styxy: only known to a service that runs: ${missing.join(', ')}`);
  if (loaders.length > 0)
    out.note(
      `styxy: only the project's own services and scripts get ${loaders.join(', ')}: it decides what other programs load`,
    );
  if (unwritable.length > 0)
    out.note(`styxy: dotenv has no way to write ${unwritable.join(', ')}: use --format shell or json`);
}

/** One line for each, and the names of those that the format can't hold. */
export function linesOf(
  variables: Readonly<Record<string, string>>,
  format: 'dotenv' | 'shell',
): { written: string[]; unwritable: string[] } {
  const lines = Object.entries(variables).map(([name, value]) => ({
    name,
    line: FORMATS[format](name, value),
  }));
  return {
    written: lines.flatMap(({ line }) => line ?? []),
    unwritable: lines.flatMap(({ name, line }) => (line === undefined ? [name] : [])),
  };
}

const FORMATS = {
  dotenv(name: string, value: string): string | undefined {
    if (isPlain(value)) return `${name}=${value}`;
    // A shell may well source it, so nothing may stand in it that means the same only to readers of dotenv.
    if (!value.includes("'")) return `${name}='${value}'`;
    return /["$`\\!\r\n]/.test(value) ? undefined : `${name}="${value}"`;
  },
  // The text of a configuration must not become a command of the shell that evaluates this: sh, bash, zsh or fish.
  shell: (name: string, value: string): string =>
    `export ${name}=${isPlain(value) ? value : `'${value.replaceAll(/['\\]/g, String.raw`'\$&'`)}'`}`,
};

const isPlain = (value: string): boolean => /^[\w@%+=:,./-]*$/.test(value);
