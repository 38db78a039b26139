import { StyxyError } from '../../base/styxy-error.ts';
import type { SuggestAnswer } from '../../protocol/answers/ports.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import type { SuggestQuery } from '../../protocol/requests/queries.ts';
import type { RunPlan } from '../plan/plan.ts';
import type { PortRequest } from '../plan/requests.ts';
import type { LeasedPort } from '../plan/ports.ts';

/** A port that a run would get now. */
export interface SuggestedPort extends LeasedPort {
  answer: SuggestAnswer;
}

/**
 * The ports that a run of this plan would get now. Each is asked for on its own, so none may come twice.
 * @param known the service's own port, when that is known already
 * @throws StyxyError PORT_TAKEN, RANGE_FULL, or of the coordinator
 */
export async function suggestPorts(
  coordinator: Pick<Coordinator, 'suggest'>,
  { ports: [own, ...more] }: Pick<RunPlan, 'ports'>,
  known: number | undefined,
): Promise<[SuggestedPort, ...SuggestedPort[]]> {
  const suggested: [SuggestedPort, ...SuggestedPort[]] = [await suggest(coordinator, own, [], known)];
  for (const request of more) {
    const had = suggested.map(({ port }) => port);
    suggested.push(await suggest(coordinator, request, had));
  }
  return suggested;
}

async function suggest(
  coordinator: Pick<Coordinator, 'suggest'>,
  request: PortRequest,
  had: readonly number[],
  known?: number,
): Promise<SuggestedPort> {
  const { port: exact, service_name: name } = request;
  // Where it runs already, its port is not free.
  const exactly = known === undefined ? exact : undefined;
  const answer = await coordinator.suggest(request.service_type, {
    ...queryOf(request, had.length + 1),
    port: exactly,
  });
  const port = known ?? answer.suggestions.find((each) => !had.includes(each));
  // A wish that an outsider holds, where recovery.port_conflict.enabled is false.
  if (port === undefined && request.preferred_port !== undefined)
    throw new StyxyError('PORT_TAKEN', `port ${request.preferred_port} is not free`);
  if (port === undefined)
    throw new StyxyError('RANGE_FULL', `no port of type ${answer.service_type} is free`);
  return { name, port, answer };
}

/** The name under which the service of a request is found. */
export async function suggestedName(
  coordinator: Pick<Coordinator, 'suggest'>,
  request: PortRequest,
): Promise<string> {
  const { service_name } = await coordinator.suggest(request.service_type, queryOf(request, 1));
  return service_name ?? request.service_name;
}

function queryOf(request: PortRequest, count: number): SuggestQuery {
  const { port, preferred_port, service_name, service_folder, program, project_path, instance_id, force } =
    request;
  const { service_type_default, service_type_known, service_type_definition } = request;
  const { wished_by, wished_in, default_port } = request;
  return {
    count,
    service_name,
    service_folder,
    program,
    service_type_default,
    service_type_known,
    service_type_definition,
    project_path,
    instance_id,
    preferred_port: port ?? preferred_port,
    wished_by,
    wished_in,
    default_port,
    force,
  };
}
