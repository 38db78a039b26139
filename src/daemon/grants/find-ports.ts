import { homedir } from 'node:os';
import { candidatePorts, type CandidateRequest } from '../../domain/candidates.ts';
import { reasonFor, type PassedOver } from '../../domain/decision.ts';
import type { PortUser, Reason } from '../../domain/reason.ts';
import type { LeaseRequest } from '../../domain/request.ts';
import type { ServiceType } from '../../domain/service-type.ts';
import type { Core } from '../core.ts';
import type { Memory } from './memory.ts';

export interface FindContext extends Pick<Core, 'state' | 'machine' | 'observer' | 'settings' | 'clock'> {
  readonly memory: Pick<Memory, 'forgetGone'>;
}

export interface FoundPort {
  readonly port: number;
  readonly reason: Reason;
}

export interface Search {
  /** Free at the moment, the best first. */
  readonly found: readonly FoundPort[];
  /** Used by programs without a lease. */
  readonly taken: readonly number[];
  /** What was found is kept for others. */
  readonly isLastResort: boolean;
}

type FindRequest = CandidateRequest & Pick<LeaseRequest, 'wishedBy' | 'wishedIn'>;

/**
 * The ports that a request gets, or would get, now. Each is asked of the system, every time; the search ends with the
 * first that is taken where `recovery.port_conflict` is off.
 * @param most how many to find
 */
export async function findPorts(
  context: FindContext,
  request: FindRequest,
  type: ServiceType,
  most: number,
): Promise<Search> {
  const { affinities } = context.state;
  const ownersOf = (ports: readonly number[]): string[] =>
    ports.flatMap((port) => affinities.ownerOf(port) ?? []);
  const { port, toolDefault } = request;
  if (port !== undefined) return search(context, request, type, most);
  // A port that one forgotten service had is kept for the one before it, which may be gone as well.
  const forgetGoneOf = async (ports: readonly number[]): Promise<boolean> => {
    let wasAny = false;
    while (await context.memory.forgetGone(ownersOf(ports))) wasAny = true;
    return wasAny;
  };
  await forgetGoneOf([...type.preferred, ...(toolDefault === undefined ? [] : [toolDefault])]);
  const found = await search(context, request, type, most);
  if (!found.isLastResort) return found;
  // What belongs to nobody any more is given away before what belongs to somebody.
  const wasAny = await forgetGoneOf(portsIn(type.range));
  return wasAny ? search(context, request, type, most) : found;
}

const portsIn = ([first, last]: ServiceType['range']): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

async function search(
  context: FindContext,
  request: FindRequest,
  type: ServiceType,
  most: number,
): Promise<Search> {
  const { state, machine, clock } = context;
  const goesOn = context.settings().recovery.port_conflict.enabled;
  const { wishedBy, wishedIn } = request;
  const decision = { wishedBy, wishedIn, type: type.name, home: homedir() };
  const found: FoundPort[] = [];
  const taken: number[] = [];
  let first: PassedOver | undefined;
  let isLastResort = false;
  for (const { port, rule, passedOver } of candidatePorts(request, type, state, clock())) {
    first ??= passedOver && (await withUser(context, passedOver));
    isLastResort = rule === 'last_resort';
    // Nothing is awaited from here on: the last port that was found is free when the caller hears of it.
    if (await machine.isPortFree(port)) {
      found.push({ port, reason: reasonFor({ ...decision, rule, passedOver: first }) });
      if (found.length >= most) break;
      continue;
    }
    taken.push(port);
    first ??= { port, why: 'used', by: await userOf(context, port) };
    if (!goesOn) break;
  }
  return { found, taken, isLastResort };
}

/** Most ports in quarantine are still used by the program that took them. */
async function withUser(context: FindContext, passed: PassedOver): Promise<PassedOver> {
  if (passed.why !== 'quarantined') return passed;
  const by = await userOf(context, passed.port);
  return by ? { port: passed.port, why: 'used', by } : passed;
}

/** Who listens there without a lease. Costs a reading of all listeners. */
export async function userOf(
  { observer }: Pick<Core, 'observer'>,
  port: number,
): Promise<PortUser | undefined> {
  const known = (await observer.observe()).listenersOn(port);
  const [listener] = known.length > 0 ? known : (await observer.observe({ afresh: true })).listenersOn(port);
  return listener;
}
