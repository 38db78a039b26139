import { StyxyError } from '../../base/styxy-error.ts';
import { serviceKey } from '../../domain/affinity.ts';
import type { Lease } from '../../domain/lease.ts';
import type { Reason } from '../../domain/reason.ts';
import { createCatalog, isOfMachine, type Catalog, type ServiceType } from '../../domain/service-type.ts';
import { singletonKey } from '../../domain/singleton.ts';
import type { PlannedService, ProjectPortsBody } from '../../protocol/requests/project.ts';
import type { ProjectPort, ProjectPortsAnswer } from '../../protocol/answers/project.ts';
import type { Core } from '../core.ts';
import { madeType } from '../grants/auto-types.ts';
import { hostOf } from '../grants/host.ts';
import { hostPartsOf, nameOfService, originOf, projectTypeOf } from '../grants/request.ts';
import { fromWireReason, nameUrl, toAllocation, toWireReason, unseen } from '../ledger/allocation.ts';
import { suggestPorts, type SuggestContext } from '../answers/suggest.ts';

/** How long a port that was told stays with its service although nobody starts it. */
const TOLD_MS = 3_600_000;

export type ProjectPortsContext = SuggestContext & Pick<Core, 'ledger' | 'settings'>;

/**
 * Tells where each service of a project is, or will be. What was told is remembered like a port that the service had,
 * and no other service is told the same: an address that is written down before the service starts is the right one.
 * Calls must not overlap.
 */
export async function tellProjectPorts(
  context: ProjectPortsContext,
  body: ProjectPortsBody,
): Promise<ProjectPortsAnswer> {
  const { told, clock } = context;
  const now = clock();
  for (const [port, { until }] of told) if (until <= now) told.delete(port);
  const found = runningServices(context, body);
  const problems: ProjectPortsAnswer['problems'] = [];
  /** Types that will be made when their services start: none of them may count on the room of another. */
  const planned: ServiceType[] = [];
  for (const service of body.services) {
    const name = nameOfService(context.state, { ...service, project_path: body.project_path });
    if (found.has(name ?? service.service_name)) continue;
    try {
      const inAnswer = new Set([...found.values()].map((each) => each.port));
      const chosen = await choosePort(beside(planned, context), service, body, inAnswer);
      if (chosen.newType) planned.push(chosen.newType);
      found.set(chosen.port.service_name, chosen.port);
    } catch (error) {
      if (!(error instanceof StyxyError)) throw error;
      const { code, message, why, hint } = error;
      problems.push({ service_name: service.service_name, code, message, why: why ?? null, hint });
    }
  }
  return { project_path: body.project_path, services: [...found.values()], problems };
}

function beside(planned: readonly ServiceType[], context: ProjectPortsContext): ProjectPortsContext {
  if (planned.length === 0) return context;
  const catalog = createCatalog([...context.state.catalog.types.values(), ...planned]);
  return { ...context, state: { ...context.state, catalog } };
}

function runningServices({ state }: ProjectPortsContext, body: ProjectPortsBody): Map<string, ProjectPort> {
  const found = new Map<string, ProjectPort>();
  for (const lease of [...leasesOf(state.leases.all(), body), ...leasesOfMachine(state, body)]) {
    const { url, name_url, port, service_type, service_name, reason } = toAllocation(lease, unseen(lease));
    const name = service_name ?? service_type;
    const actual = Number(new URL(url).port || port);
    if (!found.has(name))
      found.set(name, {
        service_name: name,
        service_type,
        port: actual,
        url,
        name_url,
        live: true,
        ...(reason && { reason }),
      });
  }
  return found;
}

/** Of services that run once on the machine: the lease that the project would share. */
function leasesOfMachine(
  { leases, catalog }: Core['state'],
  { project_path, services }: ProjectPortsBody,
): Lease[] {
  return services.flatMap((service) => {
    const type = knownType(service, catalog);
    const key =
      type && isOfMachine(type) ? singletonKey(type, service.service_name, project_path) : undefined;
    return (key === undefined ? undefined : leases.shared(key)) ?? [];
  });
}

/** Undefined also where the project's own definition can't be used: that is told where its port is chosen. */
function knownType(service: PlannedService, catalog: Catalog): ServiceType | undefined {
  try {
    return projectTypeOf(service, catalog) ?? catalog.types.get(service.service_type);
  } catch {
    return undefined;
  }
}

/** Those of the asker's own instance first. */
function leasesOf(all: Iterable<Lease>, { project_path, instance_id }: ProjectPortsBody): Lease[] {
  const own = [...all].filter(({ holds: [first] }) => first.project === project_path);
  const isOwn = ({ holds: [first] }: Lease): number => Number(first.instance === instance_id);
  return own.toSorted((a, b) => isOwn(b) - isOwn(a));
}

/** @throws StyxyError */
async function choosePort(
  context: ProjectPortsContext,
  service: PlannedService,
  { project_path: project, instance_id }: ProjectPortsBody,
  inAnswer: ReadonlySet<number>,
): Promise<{ port: ProjectPort; newType: ServiceType | undefined }> {
  const { state, told } = context;
  const body = { ...service, project_path: project };
  const name = nameOfService(state, body) ?? service.service_name;
  const { service_type, suggestions, reason, range } = await suggestPorts(context, service.service_type, {
    ...service,
    instance_id,
    project_path: project,
    count: Math.min(inAnswer.size + told.size + 1, 100),
  });
  const known = knownType({ ...service, service_type }, state.catalog);
  const newType = !known && range ? madeType(service_type, range) : undefined;
  const type = known ?? newType;
  const key = type && serviceKey(type, project, name);
  const isOpen = (port: number): boolean => !inAnswer.has(port) && (told.get(port)?.key ?? key) === key;
  const port = suggestions.find(isOpen) ?? suggestions.find((each) => !inAnswer.has(each));
  if (port === undefined) throw new StyxyError('RANGE_FULL', `no free port for "${service_type}"`);
  const why = port === suggestions[0] ? fromWireReason(reason) : undefined;
  if (key !== undefined) promise(context, key, port, why);
  const origin = originOf(body);
  // Otherwise the promised port would keep the name from the service itself.
  if (origin) context.ledger.anyway.noteName({ project, name, origin });
  const host = type && hostOf(context, { project, name, hostParts: hostPartsOf(service) }, type);
  const urls = { url: `http://localhost:${port}`, name_url: nameUrl(host, port) };
  const because = (key === undefined ? undefined : told.get(port)?.reason) ?? why;
  return {
    port: { service_name: name, service_type, port, ...urls, live: false, ...toWireReason(because) },
    newType,
  };
}

function promise(
  { told, clock, state, ledger }: ProjectPortsContext,
  key: string,
  port: number,
  why: Reason | undefined,
): void {
  const before = told.get(port);
  // Once told, it is remembered: the reason of the first time says more, until the service has started.
  const reason = (before?.key === key ? before.reason : undefined) ?? why;
  told.set(port, { key, until: clock() + TOLD_MS, reason });
  if (!state.affinities.get(key)?.ports.includes(port)) ledger.anyway.remember(key, port, { isTold: true });
}
