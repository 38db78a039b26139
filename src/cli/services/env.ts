import { loadProjectConfig } from '../../project/load-config.ts';
import { partVariables } from '../../project/loader-variables.ts';
import { listed, projectVariables, serviceVariables } from '../../run/child/child-env.ts';
import { addressesOf, portsOfProject } from '../../run/plan/project-ports.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

interface Flags {
  format: 'dotenv' | 'shell' | 'json';
  json?: boolean;
}

export async function execute(context: Context, { format, json }: Flags): Promise<number> {
  const { coordinator, cwd, env, out } = context;
  const { path } = findWorktree(cwd);
  const project = await loadProjectConfig(cwd, path, context.looking);
  const instance = env.STYXY_INSTANCE;
  const { services, problems } = await portsOfProject(coordinator, project, { path, env, instance });
  const addresses = addressesOf(services);
  const { plain: projectEnv, loaders } = partVariables(project?.config.env ?? {});
  const ofServices = serviceVariables(addresses);
  const unwritable: string[] = [];
  const variables = { ...ofServices, ...projectVariables(addresses, projectEnv) };
  if (json || format === 'json') out.json(variables);
  else {
    const print = out.dataIsRead ? out.line : out.exact;
    // A shell hands them to `styxy run`, which must not take them for what the user has set.
    const list = format === 'shell' ? listed(Object.keys(ofServices)) : {};
    for (const [name, value] of Object.entries({ ...variables, ...list })) {
      const line = FORMATS[format](name, value);
      if (line === undefined) unwritable.push(name);
      else print(line);
    }
  }
  if (Object.keys(variables).length === 0) out.note('no service of this worktree is running or configured');
  for (const { service_name, message, why } of problems) {
    out.note(`styxy: ${service_name} can get no port: ${message}${why ? ` (${why})` : ''}`);
  }
  const missing = Object.keys(projectEnv).filter((name) => !(name in variables));
  if (missing.length > 0) out.note(`styxy: only known to a service that runs: ${missing.join(', ')}`);
  if (loaders.length > 0)
    out.note(
      `styxy: only the project's own services and scripts get ${loaders.join(', ')}: it decides what other programs load`,
    );
  if (unwritable.length > 0)
    out.note(`styxy: dotenv has no way to write ${unwritable.join(', ')}: use --format shell or json`);
  return 0;
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
