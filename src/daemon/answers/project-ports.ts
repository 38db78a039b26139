import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { messageOf, StyxyError } from '../../base/styxy-error.ts';
import { affinityKey } from '../../domain/affinity.ts';
import type { CandidateSources } from '../../domain/candidates.ts';
import type { Lease } from '../../domain/lease.ts';
import { refusalOf } from '../../domain/request.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type {
  PlannedService,
  ProjectPort,
  ProjectPortsAnswer,
  ProjectPortsBody,
} from '../../protocol/project.ts';
import type { Journal } from '../ledger/journal.ts';
import { projectTypeOf } from '../grants/project-type.ts';
import { toAllocation, unseen } from '../ledger/allocation.ts';

/** How long a port that was told stays with its service although nobody starts it. */
const TOLD_MS = 3_600_000;

export interface ProjectPortsParts {
  sources: CandidateSources;
  journal: Pick<Journal, 'append'>;
  suggest: Coordinator['suggest'];
  clock: Clock;
  log: Logger;
}

/**
 * Tells where each service of a project is, or will be. What was told is remembered like a port that the service had,
 * and no other service is told the same: whoever writes an address down before the service starts writes the right one.
 * Calls must not overlap.
 */
export function createProjectPorts({ sources, journal, suggest, clock, log }: ProjectPortsParts) {
  const { leases, affinities, catalog } = sources;
  const told = new Map<number, { key: string; until: number }>();

  return async (body: ProjectPortsBody): Promise<ProjectPortsAnswer> => {
    const now = clock();
    for (const [port, { until }] of told) if (until <= now) told.delete(port);
    const found = new Map<string, ProjectPort>();
    const problems: ProjectPortsAnswer['problems'] = [];
    for (const lease of leasesOf(body)) {
      const { url, port, service_type, service_name } = toAllocation(lease, unseen(lease));
      const name = service_name ?? service_type;
      const actual = Number(new URL(url).port || port);
      if (!found.has(name))
        found.set(name, { service_name: name, service_type, port: actual, url, live: true });
    }
    for (const service of body.services) {
      if (found.has(service.service_name)) continue;
      try {
        const port = await choose(service, body, new Set([...found.values()].map((each) => each.port)));
        found.set(service.service_name, port);
      } catch (error) {
        if (!(error instanceof StyxyError)) throw error;
        const { code, message, why, hint } = error;
        problems.push({ service_name: service.service_name, code, message, why: why ?? null, hint });
      }
    }
    return { project_path: body.project_path, services: [...found.values()], problems };
  };

  /** Those of the asker's own instance first. */
  function leasesOf({ project_path, instance_id }: ProjectPortsBody): Lease[] {
    const own = [...leases.all()].filter(({ project }) => project === project_path);
    return own.toSorted((a, b) => Number(b.instance === instance_id) - Number(a.instance === instance_id));
  }

  /** @throws StyxyError */
  async function choose(
    service: PlannedService,
    { project_path: project, instance_id }: ProjectPortsBody,
    inAnswer: ReadonlySet<number>,
  ): Promise<ProjectPort> {
    const { service_name: name, preferred_port: wish } = service;
    const { service_type, suggestions } = await suggest(service.service_type, {
      ...service,
      instance_id,
      project_path: project,
      count: Math.min(inAnswer.size + told.size + 1, 100),
    });
    const type = projectTypeOf(service, catalog) ?? catalog.types.get(service_type);
    const refusal = wish === undefined || !type ? undefined : refusalOf(wish, type, false, sources);
    if (refusal) throw refusal;
    const key = affinityKey(project, service_type, name) ?? '';
    const isOpen = (port: number): boolean => !inAnswer.has(port) && (told.get(port)?.key ?? key) === key;
    const port = suggestions.find(isOpen) ?? suggestions.find((each) => !inAnswer.has(each));
    if (port === undefined) throw new StyxyError('RANGE_FULL', `no free port for "${service_type}"`);
    remember(key, port);
    return { service_name: name, service_type, port, url: `http://localhost:${port}`, live: false };
  }

  function remember(key: string, port: number): void {
    told.set(port, { key, until: clock() + TOLD_MS });
    if (affinities.portsOf(key).includes(port)) return;
    affinities.remember(key, port);
    try {
      journal.append({ op: 'affinity', key, ports: affinities.portsOf(key) });
    } catch (error) {
      log.error('the journal misses a record', { error: messageOf(error) });
    }
  }
}
