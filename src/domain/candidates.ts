import { affinityKey, serviceOf, type Affinities } from './affinity.ts';
import type { PassedOver, Rule } from './decision.ts';
import type { LeaseTable } from './lease-table.ts';
import { FIRST_UNPRIVILEGED_PORT } from './port.ts';
import type { Quarantine } from './quarantine.ts';
import { refusalOf, type LeaseRequest, type PortRules } from './request.ts';
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
 * Order: the exact port alone; the wish; the ports this service had before; the preferred port of the instance's
 * template; the tool's own port; the type's preferred ports; ports nobody ever had; ports given back, longest ago first.
 * Ports that another service is used to and ports in quarantine come last: used only when nothing else is left.
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
  const self = affinityKey(request.project, type.name, request.name);
  const tried = new Set<number>();
  const lastResort: number[] = [];
  let passedOver: PassedOver | undefined;

  function* once(ports: Iterable<number>, rule: Rule): Generator<Candidate> {
    for (const port of ports) {
      if (tried.has(port)) continue;
      tried.add(port);
      const obstacle = obstacleAt(port, rulesFor(rule, port, request), type, sources);
      const contest = obstacle || isOwn(rule) ? undefined : contestOf(port, self, sources, now);
      if (contest) lastResort.push(port);
      if (!obstacle && !contest) yield { port, rule, passedOver };
      // Of a rule's ports that can never be leased only the wish is anybody's surprise.
      else if (obstacle?.why !== 'refused' || rule === 'wish') passedOver ??= obstacle ?? contest;
    }
  }

  const { prefer, toolDefault } = request;
  if (prefer !== undefined) yield* once([prefer], 'wish');
  if (self !== undefined) yield* once(affinities.portsOf(self), 'remembered');
  yield* once(portOfTemplate(type, request.preferredAt), 'template');
  if (toolDefault !== undefined) yield* once([toolDefault], 'tool_default');
  yield* once(type.preferred, 'first_free');
  yield* once(leases.pool(type).fresh(), 'first_free');
  yield* once(leases.pool(type).returned(), 'first_free');
  for (const port of lastResort) yield { port, rule: 'last_resort', passedOver };
}

/** A wish, and what the service had before, is granted also where the port is kept for others. */
const isOwn = (rule: Rule): boolean => rule === 'wish' || rule === 'remembered';

/** The range of a type that nobody asked for is no reason to keep a program from the port that it takes by itself. */
function rulesFor(rule: Rule, port: number, { avoid, force, isTypeDefault }: CandidateRequest): Rules {
  const isItsOwn = rule === 'tool_default' || rule === 'remembered';
  const isOpen = isItsOwn && isTypeDefault === true && port >= FIRST_UNPRIVILEGED_PORT;
  return { avoid, force: force || isOpen };
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
): PassedOver | undefined {
  if (quarantine.has(port, now)) return { port, why: 'quarantined' };
  const owner = affinities.ownerOf(port);
  return owner === undefined || owner === self ? undefined : { port, why: 'kept', ...serviceOf(owner) };
}

/** The n-th preferred port; past the end of the list, the n-th port of the range, so that each template has its own. */
function portOfTemplate({ preferred, range: [first, last] }: ServiceType, at: number | undefined): number[] {
  if (at === undefined) return [];
  const port = preferred[at] ?? (at > 0 && first + at <= last ? first + at : undefined);
  return port === undefined ? [] : [port];
}
