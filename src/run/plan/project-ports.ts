import { dirname } from 'node:path';
import type { LoadedProject } from '../../project/load-config.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { PlannedService } from '../../protocol/requests/project.ts';
import type { ProjectPortsAnswer } from '../../protocol/answers/project.ts';
import { addressOf, type ServiceAddress } from '../../settings/service-address.ts';
import { wordsOf } from '../../system/process/command-words.ts';
import { planRun, type RunPlan } from './plan.ts';
import type { PortRequest } from './requests.ts';
import type { RunWishes } from './wishes.ts';

interface Asker {
  /** The worktree. */
  path: string;
  env: NodeJS.ProcessEnv;
  instance?: string | undefined;
  /** The request of a service that is about to start: it knows more than the configuration. */
  self?: PortRequest;
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
    services.push(
      plannedService(name, name === self?.service_name ? self : await requestOf(name, project, env)),
    );
  }
  return coordinator.projectPorts({ project_path: path, instance_id: instance, services });
}

/** What is asked about a service that is not about to start. */
export function plannedService(name: string, request: PortRequest): PlannedService {
  const { service_type, service_type_default, service_type_known, service_type_definition } = request;
  const { service_folder, program } = request;
  const { port, preferred_port, wished_by, wished_in, default_port, name_parts } = request;
  const identity = { service_name: name, service_folder, program };
  const type = { service_type, service_type_default, service_type_known, service_type_definition };
  return { ...identity, ...type, port, preferred_port, wished_by, wished_in, default_port, name_parts };
}

/**
 * The plan with the ports of the project's services, and for its own service the port that the others were told. A
 * project whose ports can't be known now must not keep its command from running.
 * @param found the services, where no configuration names them
 */
export async function joinProject(
  coordinator: Pick<Coordinator, 'projectPorts'>,
  plan: RunPlan,
  project: LoadedProject | undefined,
  wishes: Pick<RunWishes, 'prefer'>,
  found?: readonly PlannedService[],
): Promise<RunPlan> {
  if (!project?.config.services && !found) return plan;
  const [self, ...more] = plan.ports;
  const path = self.project_path;
  const asker = { path, env: plan.env, instance: self.instance_id, self };
  const asked = found
    ? coordinator.projectPorts({ project_path: path, instance_id: self.instance_id, services: [...found] })
    : portsOfProject(coordinator, project, asker);
  const answer = await asked.catch(() => undefined);
  const services = answer?.services ?? [];
  const told = services.find(({ service_name, live }) => service_name === plan.serviceName && !live);
  const isOpen = self.port === undefined && wishes.prefer === undefined && told !== undefined;
  const own = isOpen ? { ...self, preferred_port: told.port, wished_by: 'project' as const } : self;
  return {
    ...plan,
    ports: [own, ...more],
    siblings: addressesOf(services),
  };
}

export function addressesOf(services: ProjectPortsAnswer['services']): Map<string, ServiceAddress> {
  return new Map(
    services.map(({ service_name, service_type, port, name_url }) => [
      service_name,
      { ...addressOf(service_type, port), nameUrl: name_url ?? undefined },
    ]),
  );
}

/** What `styxy run <name>` would ask for. */
async function requestOf(
  name: string,
  project: LoadedProject | undefined,
  env: NodeJS.ProcessEnv,
): Promise<PortRequest> {
  const { command, args = [] } = project?.config.services?.[name] ?? {};
  const words = command === undefined ? [] : [...wordsOf(command), ...args];
  const target = {
    // Without a command there is nothing to learn from it.
    command: words.length > 0 && words[0] !== '' ? words : [name],
    cwd: project ? dirname(project.file) : '/',
    // The PORT of the caller is meant for the service that he starts.
    env: { ...env, PORT: undefined },
    service: name,
    isOwnCode: true,
  };
  return (await planRun(target, {}, project)).ports[0];
}
