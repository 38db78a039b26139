import { StyxyError } from '../../base/styxy-error.ts';
import { candidatePorts } from '../../domain/candidates.ts';
import { requireType, typeForWish, type ServiceType } from '../../domain/service-type.ts';
import { singletonKey } from '../../domain/singleton.ts';
import type { SuggestAnswer } from '../../protocol/answers/ports.ts';
import { MOST_SUGGESTIONS } from '../../protocol/limits.ts';
import type { SuggestQuery } from '../../protocol/requests/queries.ts';
import type { Core } from '../core.ts';
import { previewType, type ProvisionContext } from '../grants/provision.ts';
import { nameOfService, projectTypeOf } from '../grants/request.ts';

export type SuggestContext = ProvisionContext & Pick<Core, 'settings' | 'clock'>;

/** Ports that a request like this would get now, the first one first. Changes nothing. */
export async function suggestPorts(
  context: SuggestContext,
  typeName: string,
  query: SuggestQuery = {},
): Promise<SuggestAnswer> {
  const { type, isNew } = await typeOf(context, typeName, query);
  const { count = 1 } = query;
  if (!Number.isInteger(count) || count < 1 || count > MOST_SUGGESTIONS) {
    throw new StyxyError('INVALID_REQUEST', `count: ${count} is not a number from 1 to ${MOST_SUGGESTIONS}`);
  }
  const suggestions = await freePorts(context, type, query, count);
  const { name, range } = type;
  const service = nameOfService(context.state, query);
  const named = service !== undefined && { service_name: service };
  return {
    service_type: name,
    ...named,
    suggestions,
    ...(isNew && { auto_allocated: true, range: [...range] }),
  };
}

async function typeOf(
  context: SuggestContext,
  typeName: string,
  query: SuggestQuery,
): Promise<{ type: ServiceType; isNew: boolean }> {
  const { catalog } = context.state;
  const { preferred_port: wish, service_type_default: isDefault } = query;
  const own = projectTypeOf({ ...query, service_type: typeName }, catalog);
  if (own) return { type: own, isNew: false };
  if (isDefault) return { type: requireType(catalog, typeForWish(catalog, typeName, wish)), isNew: false };
  const known = catalog.types.get(typeName);
  if (known) return { type: known, isNew: false };
  return { type: await previewType(context, typeName, query.force ?? false), isNew: true };
}

async function freePorts(
  { state, machine, settings, clock }: SuggestContext,
  type: ServiceType,
  query: SuggestQuery,
  count: number,
): Promise<number[]> {
  const { project_path: project } = query;
  const name = nameOfService(state, query);
  const request = {
    port: undefined,
    prefer: query.preferred_port,
    preferredAt: settings().instance_templates[query.instance_id ?? ''],
    avoid: [],
    force: false,
    project,
    name,
  };
  // A service that runs already, and runs once, has its port.
  const key = name === undefined ? undefined : singletonKey(type, name, project);
  const running = key === undefined ? undefined : state.leases.shared(key);
  const ports: number[] = running ? [running.port] : [];
  for (const port of candidatePorts(request, type, state, clock())) {
    if (ports.length >= count) break;
    if (await machine.isPortFree(port)) ports.push(port);
    // No request would be passed on to the next port either.
    else if (!settings().recovery.port_conflict.enabled) break;
  }
  return ports;
}
