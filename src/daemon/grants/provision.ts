import { USUAL_EPHEMERAL_PORTS } from '../../base/port-number.ts';
import { StyxyError } from '../../base/styxy-error.ts';
import { growRange, type PortRange } from '../../domain/placement.ts';
import type { Lease } from '../../domain/lease.ts';
import { refusalOf, type LeaseRequest } from '../../domain/request.ts';
import { requireType, type ServiceType } from '../../domain/service-type.ts';
import type { AutoAllocationSwitched, AutoAllocationUndone } from '../../protocol/answers/config.ts';
import type { UserConfig } from '../../settings/schema.ts';
import type { ConfigStore } from '../config/store.ts';
import type { ConfigWriter, CurrentConfig } from '../config/writer.ts';
import type { Core } from '../core.ts';
import {
  isAutoAllocated,
  obstaclesIn,
  planType,
  wishFor,
  type FixedPorts,
  type PlannedType,
} from './auto-types.ts';
import { grant, type GrantContext } from './grant.ts';

/** How often a range grows for one request: what it grew by may be held by programs outside Styxy. */
const MOST_GROWTHS = 3;

/** What it takes to give unknown service types ranges of their own, and to take them back. */
export interface ProvisionContext extends Pick<Core, 'state' | 'machine' | 'events' | 'log'> {
  readonly config: Pick<ConfigStore, 'settings' | 'isWritten'>;
  readonly configFile: string;
  readonly writer: ConfigWriter;
}

export interface Granted {
  readonly lease: Lease;
  /** The range that was made for it. */
  readonly range: PortRange | undefined;
}

/**
 * A lease for the request. An unknown type gets its range first, and the full range of such a type grows.
 * Calls must not overlap, with each other or with `setAutoAllocation` and `undoAutoAllocation`: the caller queues them.
 * @param mayProvide false: nobody named the type, so it must be known, or a project defines it for itself
 */
export async function grantProvided(
  context: GrantContext & ProvisionContext,
  request: LeaseRequest,
  mayProvide: boolean,
): Promise<Granted> {
  const range = mayProvide ? await provide(context, request) : undefined;
  for (let growths = 0; ; growths++) {
    try {
      return { lease: await grant(context, request), range };
    } catch (error) {
      if (!(error instanceof StyxyError && error.code === 'RANGE_FULL')) throw error;
      if (growths === MOST_GROWTHS || !(await grow(context, request.type)))
        throw explained(context, error, request.type);
    }
  }
}

async function provide(context: ProvisionContext, request: LeaseRequest): Promise<PortRange | undefined> {
  const { state, writer } = context;
  const { type: name, force } = request;
  if (state.catalog.types.has(name)) return undefined;
  const fixed = await fixedPorts(context);
  // What is refused anyway does not need the file.
  planType(name, force, inForce(context), fixed);
  const made: { plan?: PlannedType } = {};
  await writer.change((current) => {
    delete made.plan;
    if (current.catalog.types.has(name)) return [];
    const plan = planType(name, force, current, fixed);
    const refusal = refusalOfWish(context, request, plan.type, current);
    if (refusal) throw refusal;
    made.plan = plan;
    const value = { port_range: plan.type.range, auto_allocated: true };
    return [{ path: ['service_types', name], value }];
  });
  if (!made.plan) return undefined;
  const { type, rule, placement } = made.plan;
  const facts = { service_type: name, range: type.range, rule: rule ?? null, placement };
  context.log.info('a new service type got a range', facts);
  context.events.emit('type_added', undefined, facts);
  return type.range;
}

/** A type is not made for a request that can't be met. */
function refusalOfWish(
  { state }: ProvisionContext,
  { port, force }: LeaseRequest,
  type: ServiceType,
  { catalog }: CurrentConfig,
): StyxyError | undefined {
  return port === undefined ? undefined : refusalOf(port, type, force, { catalog, reserved: state.reserved });
}

/** @returns whether the type has more ports now */
async function grow(context: ProvisionContext, name: string): Promise<boolean> {
  const mayGrow = (now: UserConfig): boolean => now.auto_allocation.enabled && isAutoAllocated(name, now);
  if (!mayGrow(context.config.settings())) return false;
  const fixed = await fixedPorts(context);
  const grown: { from?: PortRange; to?: PortRange } = {};
  await context.writer.change((current) => {
    delete grown.to;
    const { settings, catalog } = current;
    const range = catalog.types.get(name)?.range;
    if (!range || !mayGrow(settings)) return [];
    const wish = wishFor(name, settings);
    const to = growRange(range, wish, obstaclesIn(catalog, fixed, name));
    if (!to) return [];
    Object.assign(grown, { from: range, to });
    return [{ path: ['service_types', name, 'port_range'], value: to }];
  });
  if (!grown.to) return false;
  const facts = { service_type: name, range: grown.to, previous_range: grown.from };
  context.log.info('the range of a service type grew', facts);
  context.events.emit('config_changed', undefined, facts);
  return true;
}

/** Says how, where a range could not grow by itself. */
function explained({ config, configFile }: ProvisionContext, error: StyxyError, name: string): StyxyError {
  if (!isAutoAllocated(name, config.settings())) return error;
  return new StyxyError('RANGE_FULL', error.message, {
    why: `${error.why}, and next to it there is no room to grow`,
    hint:
      `end some of its leases, or set service_types.${name}.port_range to a larger room ` +
      `in ${configFile}`,
    details: error.details,
    cause: error,
  });
}

/** The type that an unknown name would become. Changes nothing. @throws StyxyError UNKNOWN_TYPE, RANGE_FULL */
export async function previewType(
  context: ProvisionContext,
  name: string,
  force: boolean,
): Promise<ServiceType> {
  return planType(name, force, inForce(context), await fixedPorts(context)).type;
}

export async function setAutoAllocation(
  { config, writer, events }: ProvisionContext,
  enabled: boolean,
): Promise<AutoAllocationSwitched> {
  const before = config.settings().auto_allocation.enabled;
  await writer.change(({ settings }) => {
    if (settings.auto_allocation.enabled === enabled) return [];
    return [{ path: ['auto_allocation', 'enabled'], value: enabled }];
  });
  if (before !== enabled) {
    events.emit('config_changed', undefined, { setting: 'auto_allocation.enabled', value: enabled });
  }
  return { success: true, enabled };
}

/** @throws StyxyError UNKNOWN_TYPE, INVALID_REQUEST when the user made it, TYPE_IN_USE */
export async function undoAutoAllocation(
  { state, config, configFile, writer, events, log }: ProvisionContext,
  name: string,
): Promise<AutoAllocationUndone> {
  const { range } = requireType(state.catalog, name);
  if (!isAutoAllocated(name, config.settings())) throw notAuto(name, configFile);
  const live = [...state.leases.all()].filter(({ type }) => type === name);
  if (live.length > 0) throw inUse(name, live);
  await writer.change(() => [{ path: ['service_types', name], value: undefined }]);
  log.info('the range of a service type was given up', { service_type: name, range });
  events.emit('type_removed', undefined, { service_type: name, range });
  return { success: true, service_type: name, range: [...range] };
}

const inForce = ({ config, state }: ProvisionContext) => ({
  settings: config.settings(),
  catalog: state.catalog,
});

/** Ports that no range may contain. */
export async function fixedPorts({
  state,
  machine,
}: Pick<ProvisionContext, 'state' | 'machine'>): Promise<FixedPorts> {
  const { first, last } = (await machine.ephemeralPorts()) ?? USUAL_EPHEMERAL_PORTS;
  return { reserved: state.reserved, ephemeral: [first, last] };
}

function notAuto(name: string, configFile: string): StyxyError {
  return new StyxyError('INVALID_REQUEST', `service type "${name}" was not made by auto-allocation`, {
    why: 'only those can be undone; this one is built in or was written by hand',
    hint: `styxy config auto-allocation list shows those; to change this one edit ${configFile}`,
    details: { service_type: name },
  });
}

function inUse(name: string, live: readonly Lease[]): StyxyError {
  const holders = live.map(({ port, name: service, holds: [{ project }] }) => {
    const who =
      service === undefined ? '' : ` ("${service}"${project === undefined ? '' : ` in ${project}`})`;
    return `${port}${who}`;
  });
  const count = live.length === 1 ? 'a port' : `${live.length} ports`;
  return new StyxyError(
    'TYPE_IN_USE',
    `${count} of service type "${name}" ${live.length === 1 ? 'is' : 'are'} leased`,
    {
      why: `these are: ${holders.slice(0, 10).join(', ')}${live.length > 10 ? ', ...' : ''}`,
      hint: `end what runs there, or styxy release ${live[0]?.port}, then undo it again`,
      details: {
        service_type: name,
        leases: live.map(({ port, id }) => ({ port, lock_id: id })),
      },
    },
  );
}
