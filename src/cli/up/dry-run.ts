import { plannedService } from '../../run/plan/project-ports.ts';
import type { ReadyRule, UpService } from '../../up/service.ts';
import type { Selection } from '../../up/select.ts';
import type { ProjectPort } from '../../protocol/answers/project.ts';
import type { Context } from '../context.ts';
import { table } from '../print/table.ts';

interface Planned {
  service: UpService;
  port: number | null;
  isRunning: boolean;
  /** Why this port. */
  reason: ProjectPort['reason'];
}

/** What would be started, in which order, and why. */
export async function printUpPlan(
  { coordinator, cwd, out }: Context,
  { json }: { json?: boolean },
  { services, leftOut }: Selection,
): Promise<number> {
  const [first] = services;
  const { project_path = cwd, instance_id } = first?.plan.ports[0] ?? {};
  const asked = services.map(({ plan: { ports } }) => plannedService(ports[0].service_name, ports[0]));
  // Each has the port that it was told, whatever is asked next.
  const told = await coordinator.projectPorts({ project_path, instance_id, services: asked });
  const planned: Planned[] = services.map((service) => {
    const own = told.services.find(({ service_name: name }) => name === service.name);
    return { service, port: own?.port ?? null, isRunning: own?.live ?? false, reason: own?.reason };
  });
  if (json) {
    out.json({
      services: planned.map(plannedJson),
      left_out: leftOut.map(({ name, why }) => ({ name, why })),
    });
    return 0;
  }
  const rows = planned.map(({ service, port, isRunning }) => [
    out.paint('bold', service.name),
    String(port ?? '-'),
    service.plan.command.join(' '),
    service.needs.join(', ') || '-',
    describeReady(service.ready),
    isRunning ? 'runs already' : service.because,
  ]);
  const columns = [
    { heading: 'SERVICE' },
    { heading: 'PORT' },
    { heading: 'RUNS', cut: 'end' as const, least: 16 },
    { heading: 'AFTER' },
    { heading: 'READY WHEN', spare: 0 },
    { heading: 'BECAUSE', cut: 'end' as const, least: 16 },
  ];
  out.data(table(columns, rows, out));
  for (const { service, port, reason } of planned)
    if (port !== null && reason) out.line(`${service.name} gets ${port}: ${reason.text}`);
  for (const { name, why } of leftOut) out.note(`styxy: ${name} is left out: ${why}`);
  return 0;
}

function plannedJson({ service, port, isRunning, reason }: Planned): object {
  const { name, needs, ready, timeoutMs, restarts, cwd, plan, because } = service;
  return {
    service_name: name,
    service_type: plan.ports[0].service_type,
    port,
    command: plan.command,
    folder: cwd,
    depends_on: needs,
    ready: { ...ready, timeout_ms: timeoutMs },
    restart: restarts ? 'on-failure' : 'no',
    running: isRunning,
    ...(reason && { reason }),
    because,
  };
}

function describeReady(rule: ReadyRule): string {
  if (rule.when === 'answers') return `${rule.path} answers`;
  if (rule.when === 'prints') return `it prints ${JSON.stringify(rule.text)}`;
  return rule.when === 'runs' ? 'it runs' : 'it listens';
}
