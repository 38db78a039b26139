import type { Holder } from '../../domain/lease.ts';
import type { LeaseRequest, Share } from '../../domain/request.ts';
import { isOfMachine, typeForWish, type Catalog, type ServiceType } from '../../domain/service-type.ts';
import type { ServiceOrigin } from '../../domain/service-names.ts';
import { singletonKey } from '../../domain/singleton.ts';
import type { AllocateBody } from '../../protocol/requests/allocate.ts';
import type { ServiceTypeDefinition } from '../../protocol/requests/project.ts';
import { resolveProjectType } from '../../settings/service-types.ts';
import { isNameKept, type State } from '../ledger/state.ts';
import type { Core } from '../core.ts';
import { isForeignNamespace } from '../../system/process/pid-namespace.ts';
import { namedProcess, requireProcess } from '../holders/service.ts';
import type { Intern } from './intern.ts';

const DEFAULT_TTL_MS = 600_000;

export interface RequestContext extends Pick<Core, 'state' | 'settings' | 'machine' | 'newId' | 'clock'> {
  readonly intern: Intern;
}

/**
 * Makes a wish for a port out of what a client sent: what keeps the lease, and what the settings say about it.
 * @throws StyxyError INVALID_REQUEST when the process that is to hold the lease is not running
 */
export function readRequest(context: RequestContext, body: AllocateBody): LeaseRequest {
  const { catalog } = context.state;
  const { intern } = context;
  const { service_type, project_path: project, instance_id: instance } = body;
  const origin = originOf(body);
  const name = nameOfService(context.state, body);
  const wish = body.port ?? body.preferred_port;
  const type = isByPort(body) ? typeForWish(catalog, service_type, wish) : service_type;
  const projectType = projectTypeOf(body, catalog);
  const share = shareOf(context, body, projectType ?? catalog.types.get(type), name);
  const { instance_templates: templates } = context.settings();
  return {
    type: intern(type),
    name,
    project: intern(project),
    origin,
    instance,
    holder: holderOf(context, body),
    branch: intern(body.branch),
    command: intern(body.command),
    port: body.port,
    ...wishIn(body),
    preferredAt: instance === undefined ? undefined : templates[instance],
    share,
    avoid: body.avoid ?? [],
    force: body.force ?? false,
    projectType,
    requestId: body.request_id,
    hostParts: hostPartsOf(body),
    ...(body.hands_on && { handsOn: true }),
    ...(body.inside !== undefined && { inside: body.inside }),
  };
}

/** Nothing says more of the type than the port that is wished for. */
export const isByPort = (
  body: Pick<AllocateBody, 'service_type_default' | 'service_type_known' | 'service_type_definition'>,
): boolean => body.service_type_default === true && !body.service_type_known && !body.service_type_definition;

/** Of a service that runs once: how the lease is shared. */
function shareOf(
  { newId }: RequestContext,
  body: AllocateBody,
  type: ServiceType | undefined,
  name: string | undefined,
): Share | undefined {
  const key = singletonKey(type, name, body.project_path);
  if (!type || key === undefined) return undefined;
  const { share_id: holdId = newId(), serves = false } = body;
  return { key, holdId, serves, ...(isOfMachine(type) && { isOfMachine: true }) };
}

type ServiceFields = Pick<AllocateBody, 'service_name' | 'service_folder' | 'program' | 'project_path'>;

/** The name under which the service is known, or will be. */
export function nameOfService(state: State, body: ServiceFields): string | undefined {
  const { service_name: name, project_path: project } = body;
  const origin = originOf(body);
  if (project === undefined || origin === undefined) return name;
  return state.names.nameFor(project, origin, (each) => isNameKept(state, { project, name: each }));
}

/** What the service is, when its user has not named it. */
export function originOf(body: ServiceFields): ServiceOrigin | undefined {
  const { service_name: asked, service_folder: folder, program } = body;
  if (asked === undefined || folder === undefined || program === undefined) return undefined;
  return { folder, program, asked };
}

export function hostPartsOf({
  name_parts: given,
}: Pick<AllocateBody, 'name_parts'>): LeaseRequest['hostParts'] {
  if (!given) return undefined;
  const { project, branch, alone = false } = given;
  return { project, ...(branch !== undefined && { branch }), isAlone: alone };
}

/** What is wished for, short of a port that must be had. */
export function wishIn({
  preferred_port: prefer,
  wished_by: wishedBy,
  wished_in: wishedIn,
  default_port: toolDefault,
  service_type_default: isTypeDefault,
}: Pick<
  AllocateBody,
  'preferred_port' | 'wished_by' | 'wished_in' | 'default_port' | 'service_type_default'
>): Pick<LeaseRequest, 'prefer' | 'wishedBy' | 'wishedIn' | 'toolDefault' | 'isTypeDefault'> {
  return { prefer, wishedBy, wishedIn, toolDefault, isTypeDefault };
}

function holderOf({ machine, state, clock }: RequestContext, body: AllocateBody): Holder {
  if (body.hold && isForeignNamespace(body.pid_namespace)) {
    return { kind: 'connection', namespace: body.pid_namespace };
  }
  if (body.hold) return { kind: 'connection', ...namedProcess(machine, body) };
  if (body.process_id !== undefined) return { kind: 'process', ...requireProcess(machine, body) };
  const { instance_id: id } = body;
  if (id !== undefined && body.ttl_ms === undefined && state.instances.get(id))
    return { kind: 'instance', id };
  return { kind: 'ttl', expiresAt: clock() + (body.ttl_ms ?? DEFAULT_TTL_MS) };
}

/**
 * The type as the asker's project defines it. It holds for this request alone: no other project ever sees it.
 * @throws StyxyError BAD_CONFIG when it can't be used beside the types that everybody knows
 */
export function projectTypeOf(
  request: { service_type: string; service_type_definition?: ServiceTypeDefinition | undefined },
  catalog: Catalog,
): ServiceType | undefined {
  const { service_type: name, service_type_definition: definition } = request;
  return definition && resolveProjectType(catalog, name, definition);
}
