import { loadProjectConfig } from '../../project/load-config.ts';
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
  const project = await loadProjectConfig(cwd, path);
  const instance = env.STYXY_INSTANCE;
  const { services, problems } = await portsOfProject(coordinator, project, { path, env, instance });
  const addresses = addressesOf(services);
  const projectEnv = project?.config.env ?? {};
  const ofServices = serviceVariables(addresses);
  const variables = { ...ofServices, ...projectVariables(addresses, projectEnv) };
  if (json || format === 'json') out.json(variables);
  else {
    // A shell hands them to `styxy run`, which must not take them for what the user has set.
    const list = format === 'shell' ? listed(Object.keys(ofServices)) : {};
    for (const [name, value] of Object.entries({ ...variables, ...list }))
      out.data(FORMATS[format](name, value));
  }
  if (Object.keys(variables).length === 0) out.note('no service of this worktree is running or configured');
  for (const { service_name, message, why } of problems) {
    out.note(`styxy: ${service_name} can get no port: ${message}${why ? ` (${why})` : ''}`);
  }
  const missing = Object.keys(projectEnv).filter((name) => !(name in variables));
  if (missing.length > 0) out.note(`styxy: only known to a service that runs: ${missing.join(', ')}`);
  return 0;
}

const FORMATS = {
  dotenv: (name: string, value: string) => `${name}=${isPlain(value) ? value : JSON.stringify(value)}`,
  // The text of a configuration must not become a command of the shell that evaluates this.
  shell: (name: string, value: string) =>
    `export ${name}=${isPlain(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`,
};

const isPlain = (value: string): boolean => /^[\w@%+=:,./-]*$/.test(value);
