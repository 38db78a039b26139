import { dirname } from 'node:path';
import type { LoadedProject } from '../../project/load-config.ts';
import type { AllocateBody } from '../../protocol/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { PlannedService, ProjectPortsAnswer } from '../../protocol/project.ts';
import { planRun } from './plan.ts';
import { wordsOf } from './target.ts';

interface Asker {
  /** The worktree. */
  path: string;
  env: NodeJS.ProcessEnv;
  instance?: string | undefined;
  /** The request of a service that is about to start: it knows more than the configuration. */
  self?: AllocateBody | undefined;
}

/**
 * Where a project's services are: of those that run, where they really are; of those that are only configured, the
 * ports that are kept for them.
 */
export async function portsOfProject(
  coordinator: Pick<Coordinator, 'projectPorts'>,
  project: LoadedProject | undefined,
  { path, env, instance, self }: Asker,
): Promise<ProjectPortsAnswer> {
  const services: PlannedService[] = [];
  for (const name of Object.keys(project?.config.services ?? {})) {
    const request = name === self?.service_name ? self : await requestOf(name, project, env);
    const { service_type, service_type_default, service_type_definition, preferred_port } = request;
    services.push({
      service_name: name,
      service_type,
      service_type_default,
      service_type_definition,
      preferred_port,
    });
  }
  return coordinator.projectPorts({ project_path: path, instance_id: instance, services });
}

/** What `styxy run <name>` would ask for. */
async function requestOf(
  name: string,
  project: LoadedProject | undefined,
  env: NodeJS.ProcessEnv,
): Promise<AllocateBody> {
  const { type, prefer, command, args = [] } = project?.config.services?.[name] ?? {};
  const words = command === undefined ? [] : [...wordsOf(command), ...args];
  // Without a command there is nothing to learn from it.
  const plan = await planRun({
    command: words.length > 0 && words[0] !== '' ? words : [name],
    cwd: project ? dirname(project.file) : '/',
    env,
    type,
    name,
    prefer,
    project,
  });
  return plan.request;
}
