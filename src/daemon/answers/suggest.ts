import { StyxyError } from '../../base/styxy-error.ts';
import type { Lease } from '../../domain/lease.ts';
import { requireType, typeForWish, type ServiceType } from '../../domain/service-type.ts';
import { singletonKey } from '../../domain/singleton.ts';
import type { SuggestAnswer } from '../../protocol/answers/ports.ts';
import { MOST_SUGGESTIONS } from '../../protocol/limits.ts';
import type { SuggestQuery } from '../../protocol/requests/queries.ts';
import { findPorts, type FindContext } from '../grants/find-ports.ts';
import { portTaken, requireAllowed } from '../grants/grant.ts';
import { previewType, type ProvisionContext } from '../grants/provision.ts';
import { isByPort, nameOfService, projectTypeOf, wishIn } from '../grants/request.ts';
import { reasonTold, type ToldPorts } from '../grants/told.ts';
import { toWireReason } from '../ledger/allocation.ts';

export type SuggestContext = ProvisionContext & FindContext & { readonly told: ToldPorts };

/**
 * Ports that a request like this would get now, the first one first. Changes nothing.
 * @throws StyxyError UNKNOWN_TYPE; PORT_NOT_ALLOWED, PORT_TAKEN where it must be one port
 */
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
  const found = await freePorts(context, type, query, count);
  const { name, range } = type;
  const service = nameOfService(context.state, query);
  const asker = { wishedBy: query.wished_by, project: query.project_path, name: service };
  const [first] = found;
  const told = first && reasonTold(context.told, first.port, asker, type);
  return {
    service_type: name,
    ...(service !== undefined && { service_name: service }),
    suggestions: found.map(({ port }) => port),
    ...toWireReason(told ?? first?.reason),
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
  const name = isByPort(query) ? typeForWish(catalog, typeName, wish) : typeName;
  if (isDefault) return { type: requireType(catalog, name), isNew: false };
  const known = catalog.types.get(typeName);
  if (known) return { type: known, isNew: false };
  return { type: await previewType(context, typeName, query.force ?? false), isNew: true };
}

async function freePorts(
  context: SuggestContext,
  type: ServiceType,
  query: SuggestQuery,
  count: number,
): Promise<readonly Pick<Lease, 'port' | 'reason'>[]> {
  const { state } = context;
  const { project_path: project, force = false, port } = query;
  const name = nameOfService(state, query);
  const request = {
    port,
    ...wishIn(query),
    preferredAt: context.settings().instance_templates[query.instance_id ?? ''],
    avoid: [],
    force,
    project,
    name,
  };
  // A service that runs already, and runs once, has its port.
  const key = name === undefined ? undefined : singletonKey(type, name, project);
  const running = key === undefined ? undefined : state.leases.shared(key);
  requireAllowed(request, type, state);
  const { found } = await findPorts(context, request, type, count);
  if (port !== undefined && found.length === 0 && running?.port !== port)
    throw await portTaken(context, port);
  return running ? [running, ...found].slice(0, count) : found;
}
