import { serviceKey, serviceOf, type Affinities } from './affinity.ts';
import type { PassedOver, Rule } from './decision.ts';
import type { LeaseTable } from './lease-table.ts';
import type { Quarantine } from './quarantine.ts';
import { mayLeaveRange, refusalOf, type LeaseRequest, type PortRules } from './request.ts';
import type { ServiceType } from './service-type.ts';

export interface CandidateSources extends PortRules {
  readonly leases: LeaseTable;
  readonly affinities: Affinities;
  readonly quarantine: Quarantine;
}

export type CandidateRequest = Pick<
  LeaseRequest,
  'port' | 'prefer' | 'toolDefault' | 'isTypeDefault' | 'preferredAt' | 'avoid' | 'project' | 'name' | 'force'
>;

/** How long a port that others try early is kept for a service that does not run. */
const POPULAR_KEPT_MS = 14 * 86_400_000;

/** A port that may be granted. */
export interface Candidate {
  readonly port: number;
  readonly rule: Rule;
  /** The first port that came before it and is not offered, or is offered last only. */
  readonly passedOver: PassedOver | undefined;
}

/**
 * The ports that may be granted for a request, best first. None is leased; whether one is free on this machine is the
 * caller's question to the OS, asked one by one.
 *
 * Order: the exact port alone; the wish; the preferred port of the instance's template; the ports this service had
 * before, or its project was told; the tool's own port; the type's preferred ports; ports nobody ever had; ports given back, longest ago first.
 * Ports that are kept for another service come last, the one that is unused for longest first, and behind them those in
 * quarantine: used only when nothing else is left. A port that everybody tries early is kept for two weeks only.
 */
export function* candidatePorts(
  request: CandidateRequest,
  type: ServiceType,
  sources: CandidateSources,
  now: number,
): Generator<Candidate> {
  const { leases, affinities } = sources;
  if (request.port !== undefined) {
    if (!leases.at(request.port)) yield { port: request.port, rule: 'exact', passedOver: undefined };
    return;
  }
  const self = serviceKey(type, request.project, request.name);
  const tried = new Set<number>();
  const lastResort: { port: number; unusedSince: number }[] = [];
  let passedOver: PassedOver | undefined;

  function* once(ports: Iterable<number>, rule: Rule, isPopular = false): Generator<Candidate> {
    for (const port of ports) {
      if (tried.has(port)) continue;
      tried.add(port);
      const obstacle = obstacleAt(port, rulesFor(rule, port, request), type, sources);
      const contest = obstacle || isOwn(rule) ? undefined : contestOf(port, self, sources, now, isPopular);
      if (contest) lastResort.push({ port, unusedSince: unusedSince(contest, sources, now) });
      if (!obstacle && !contest) yield { port, rule, passedOver };
      // Of a rule's ports that can never be leased only the wish is anybody's surprise.
      else if (obstacle?.why !== 'refused' || rule === 'wish') passedOver ??= obstacle ?? contest;
    }
  }

  const { prefer, toolDefault } = request;
  if (prefer !== undefined) yield* once([prefer], 'wish');
  yield* once(portOfTemplate(type, request.preferredAt), 'template', true);
  if (self !== undefined) {
    const had = affinities.get(self)?.isTold ? 'told' : 'remembered';
    yield* once(affinities.portsOf(self), had);
  }
  if (toolDefault !== undefined) yield* once([toolDefault], 'tool_default', true);
  yield* once(type.preferred, 'first_free', true);
  yield* once(leases.pool(type).fresh(), 'first_free');
  yield* once(leases.pool(type).returned(), 'first_free');
  lastResort.sort((a, b) => a.unusedSince - b.unusedSince);
  for (const { port } of lastResort) yield { port, rule: 'last_resort', passedOver };
}

/** A wish, and what the service had before or its project was told, is granted also where the port is kept for others. */
const isOwn = (rule: Rule): boolean => rule === 'wish' || rule === 'remembered' || rule === 'told';

function rulesFor(rule: Rule, port: number, request: CandidateRequest): Rules {
  const isMeant = isOwn(rule) || rule === 'tool_default';
  return { avoid: request.avoid, force: isMeant ? mayLeaveRange(request, port) : request.force };
}

type Rules = Pick<CandidateRequest, 'avoid' | 'force'>;

/** Why the port can't be granted at all. */
function obstacleAt(
  port: number,
  { avoid, force }: Rules,
  type: ServiceType,
  sources: CandidateSources,
): PassedOver | undefined {
  const refusal = refusalOf(port, type, force, sources);
  if (refusal) return { port, why: 'refused', because: refusal.why ?? refusal.message };
  if (avoid.includes(port)) return { port, why: 'failed' };
  const lease = sources.leases.at(port);
  return lease && { port, why: 'leased', lease };
}

/** Why the port is granted only when nothing else is left. */
function contestOf(
  port: number,
  self: string | undefined,
  { affinities, quarantine }: CandidateSources,
  now: number,
  isPopular: boolean,
): PassedOver | undefined {
  if (quarantine.has(port, now)) return { port, why: 'quarantined' };
  const owner = affinities.ownerOf(port);
  if (owner === undefined || owner === self) return undefined;
  const { at = now } = affinities.get(owner) ?? {};
  return isPopular && now - at > POPULAR_KEPT_MS ? undefined : { port, why: 'kept', ...serviceOf(owner) };
}

/** Of a port that is kept: when its service last listened. */
function unusedSince({ port, why }: PassedOver, { affinities }: CandidateSources, now: number): number {
  const owner = why === 'kept' ? affinities.ownerOf(port) : undefined;
  return owner === undefined ? Infinity : (affinities.get(owner)?.at ?? now);
}

/** The n-th preferred port; past the end of the list, the n-th port of the range, so that each template has its own. */
function portOfTemplate({ preferred, range: [first, last] }: ServiceType, at: number | undefined): number[] {
  if (at === undefined) return [];
  const port = preferred[at] ?? (at > 0 && first + at <= last ? first + at : undefined);
  return port === undefined ? [] : [port];
}
