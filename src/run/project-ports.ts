import type { Coordinator } from '../protocol/coordinator.ts';
import type { ProjectConfig } from '../settings/schema.ts';

export interface ServicePort {
  port: number;
  url: string;
  /** It has a lease now; otherwise this is the port it would get. */
  live: boolean;
}

/**
 * The ports of a worktree's services by name: of those that run, the real ones; of those that are only configured, the
 * ones they would get now.
 */
export async function portsOfProject(
  coordinator: Coordinator,
  project: string,
  config: ProjectConfig | undefined,
): Promise<Map<string, ServicePort>> {
  const { allocations } = await coordinator.list({ project });
  const ports = new Map<string, ServicePort>();
  for (const { service_name: name, service_type: type, url } of allocations) {
    const key = name ?? type;
    if (!ports.has(key)) ports.set(key, { port: Number(new URL(url).port || 80), url, live: true });
  }
  for (const [name, { type = 'dev', prefer }] of Object.entries(config?.services ?? {})) {
    if (ports.has(name)) continue;
    // Each would get its port for itself, so no two may be told the same.
    const told = new Set([...ports.values()].map((service) => service.port));
    const { suggestions } = await coordinator.suggest(type, {
      count: told.size + 1,
      project_path: project,
      service_name: name,
      preferred_port: prefer,
    });
    const port = suggestions.find((candidate) => !told.has(candidate));
    if (port !== undefined) ports.set(name, { port, url: `http://localhost:${port}`, live: false });
  }
  return ports;
}
