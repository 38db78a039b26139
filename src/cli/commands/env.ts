import { serviceVariables } from '../../run/child-env.ts';
import { loadProjectConfig } from '../../run/project-config.ts';
import { portsOfProject } from '../../run/project-ports.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';

interface Flags {
  format: 'dotenv' | 'shell' | 'json';
  json?: boolean;
}

export async function execute({ coordinator, cwd, out }: Context, { format, json }: Flags): Promise<number> {
  const { path } = findWorktree(cwd);
  const project = await loadProjectConfig(cwd, path);
  const ports = await portsOfProject(coordinator, path, project?.config);
  const variables: Record<string, string> = {};
  for (const [name, { port }] of ports) Object.assign(variables, serviceVariables(name, port));
  if (json || format === 'json') out.json(variables);
  else {
    const prefix = format === 'shell' ? 'export ' : '';
    for (const [name, value] of Object.entries(variables)) out.data(`${prefix}${name}=${value}`);
    if (ports.size === 0) out.note('no service of this worktree is running or configured');
  }
  return 0;
}
