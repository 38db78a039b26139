import { DEFAULT_INSTANCE } from '../../client/instance.ts';
import { LEASE_MARKER } from '../../protocol/lease-marker.ts';
import { fillPlaceholders } from '../../settings/placeholders.ts';
import { addressOf, type ServiceAddress, variablePrefix } from '../../settings/service-address.ts';
import type { RunLease, RunPorts } from '../leases/obtain.ts';
import type { RunPlan } from '../plan/plan.ts';

/** Names of the variables that Styxy gave for siblings: a run inside this one may give them anew. */
const GIVEN_VARIABLES = 'STYXY_VARIABLES';

type Variables = Record<string, string>;
type Addresses = ReadonlyMap<string, ServiceAddress>;

/**
 * What the child's environment gets in addition to ours.
 * @param read by the command's programs: what they take their ports from
 */
export function childVariables(
  plan: Pick<
    RunPlan,
    'serviceName' | 'ports' | 'portVariables' | 'portOwner' | 'isFound' | 'siblings' | 'projectEnv' | 'env'
  >,
  { allocation, ports: own, allocations = [allocation] }: RunPorts & Partial<Pick<RunLease, 'allocations'>>,
  read: Readonly<Variables> = {},
): Variables {
  const { serviceName, siblings } = plan;
  const [{ service_type: type }] = plan.ports;
  const ownAddresses = new Map(
    own.map(({ name, port }, index) => {
      const nameUrl = allocations[index]?.name_url ?? undefined;
      return [name, { ...addressOf(plan.ports[index]?.service_type ?? type, port), nameUrl }];
    }),
  );
  const known = new Map([...siblings, ...ownAddresses, ['', addressOf(type, allocation.port)]]);
  // By its name a program finds its services in the project, and its ports when it has several.
  const isNamed = own.length > 1 || siblings.has(serviceName);
  const ofOwn = isNamed ? serviceVariables(ownAddresses) : {};
  // What was asked for by name is meant to be had; what was found beside it takes no name that the caller or a program
  // uses: compose may publish two ports of `mail`, the second one from ${MAIL_PORT}.
  const named = own.length > 1 && plan.isFound ? unlessSet(ofOwn, { ...plan.env, ...read }) : ofOwn;
  const given = unlessSet(serviceVariables(siblings), plan.env);
  const port = String(allocation.port);
  return {
    ...given,
    ...named,
    ...projectVariables(known, plan.projectEnv),
    ...portVariables(plan, own, port),
    ...listed(Object.keys({ ...given, ...named }), plan.env),
    STYXY_INSTANCE: allocation.instance_id ?? DEFAULT_INSTANCE,
    ...ofLease(allocation, serviceName),
  };
}

/** What tells a program its lease. A name that a run around this one has must not pass for its own. */
function ofLease(
  { port, url, name_url, service_name, lock_id: id }: RunPorts['allocation'],
  name: string,
): Variables {
  return {
    STYXY_PORT: String(port),
    STYXY_URL: url,
    STYXY_NAME_URL: name_url ?? '',
    STYXY_SERVICE: service_name ?? name,
    ...(id !== undefined && { [LEASE_MARKER]: id }),
  };
}

/** The same of each program of a run; what stands in their common environment is the first one's. */
export function variablesOfEach({
  ports,
  allocations,
}: Pick<RunLease, 'ports' | 'allocations'>): Variables[] {
  return ports.map(({ name }, index) => ofLease(allocations[index]!, name));
}

function portVariables(
  { portVariables: names, portOwner }: Pick<RunPlan, 'portVariables' | 'portOwner'>,
  own: RunPorts['ports'],
  port: string,
): Variables {
  if (names.length > 0) return Object.fromEntries(names.map((name) => [name, port]));
  const owner = portOwner === undefined ? undefined : own[portOwner];
  return owner ? { PORT: String(owner.port) } : {};
}

/** `<NAME>_PORT`, `<NAME>_URL` and `<NAME>_NAME_URL` of each service. */
export function serviceVariables(services: Addresses): Variables {
  const all = [...services].flatMap(([name, address]) => variablesOf(name, address));
  // `WEB_NAME_URL` is also the URL of a service called `web-name`, if there is one.
  const isNameUrl = ([name]: [string, string]): boolean => name.endsWith('_NAME_URL');
  return Object.fromEntries([...all.filter(isNameUrl), ...all.filter((each) => !isNameUrl(each))]);
}

/**
 * The project's own variables, without those that name a port which is not known.
 * @param services by name; the one for which `{port}` stands under ''
 */
export function projectVariables(services: Addresses, texts: Readonly<Variables>): Variables {
  const filled = Object.entries(texts).map(([name, text]) => [name, fillPlaceholders(text, services)]);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined)) as Variables;
}

/** The list of variables that were given for services, in a variable; nothing when there are none. */
export function listed(names: readonly string[], env: NodeJS.ProcessEnv = {}): Variables {
  const all = new Set([...givenBefore(env), ...names]);
  return names.length === 0 ? {} : { [GIVEN_VARIABLES]: [...all].join(' ') };
}

/** What the caller has set, for the program or for all, stays: a DATABASE_URL is more than a port. */
function unlessSet(variables: Variables, env: NodeJS.ProcessEnv): Variables {
  const before = givenBefore(env);
  const isOpen = (name: string): boolean => env[name] === undefined || before.includes(name);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => isOpen(name)));
}

const givenBefore = (env: NodeJS.ProcessEnv): string[] =>
  (env[GIVEN_VARIABLES] ?? '').split(' ').filter(Boolean);

/** `WEB_PORT`, `WEB_URL` and `WEB_NAME_URL` of a service named `web`. */
function variablesOf(name: string, { port, url, nameUrl }: ServiceAddress): [string, string][] {
  const prefix = variablePrefix(name);
  return [
    [`${prefix}_PORT`, String(port)],
    ...(url === undefined ? [] : [[`${prefix}_URL`, url] as [string, string]]),
    ...(nameUrl === undefined ? [] : [[`${prefix}_NAME_URL`, nameUrl] as [string, string]]),
  ];
}
