import { StyxyError } from '../../base/styxy-error.ts';
import type { AllocateAnswer } from '../../protocol/allocation.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { childVariables } from '../../run/child/child-env.ts';
import { findRunning, type IfRunning } from '../../run/leases/if-running.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import { scriptVariables } from '../../run/child/script-variables.ts';
import type { RunFlags } from './run.ts';
import type { Context } from '../context.ts';

interface PlannedRun {
  plan: RunPlan;
  portVariables: string[];
  siblings: Map<string, number>;
  wish: IfRunning | undefined;
}

/** `styxy run --dry-run`: what would be run, with which ports, and why. */
export async function printPlan(
  { coordinator, env: ours, out }: Context,
  flags: RunFlags,
  { plan, portVariables, siblings, wish = flags.detach ? 'reuse' : 'new' }: PlannedRun,
) {
  const { request, serviceName, adapter, projectEnv } = plan;
  const because = withVariables(plan.because, portVariables);
  const running = await runningFor(coordinator, plan, wish);
  const { service_type, suggestions, auto_allocated, range } = await coordinator.suggest(
    request.service_type,
    {
      service_type_default: request.service_type_default,
      service_type_definition: request.service_type_definition,
      project_path: request.project_path,
      service_name: request.service_name,
      instance_id: request.instance_id,
      preferred_port: request.port ?? request.preferred_port,
      force: request.force,
    },
  );
  const port = running && wish !== 'fail' ? running.port : suggestions[0];
  if (port === undefined || (!running && request.port !== undefined && port !== request.port)) {
    throw new StyxyError('PORT_TAKEN', `port ${request.port ?? `of type ${service_type}`} is not free`);
  }
  const ports = plan.more ? await furtherPorts(coordinator, plan, port) : new Map([[serviceName, port]]);
  const { command, variables, script } = plan.launch(port, ports);
  const allocation: Partial<AllocateAnswer> & { port: number; url: string } = {
    port,
    url: `http://localhost:${port}`,
    instance_id: request.instance_id ?? null,
  };
  const others = plan.more ? new Map([...siblings, ...ports]) : siblings;
  const env = {
    ...childVariables({ allocation, serviceName, portVariables, siblings: others, projectEnv }),
    ...variables,
  };
  if (flags.json) {
    out.json({
      port,
      ports: Object.fromEntries(ports),
      service_type,
      service_name: serviceName,
      command,
      env,
      adapter,
      because,
      ...(auto_allocated && { auto_allocated, range }),
      ...(running && { if_running: wish, running }),
    });
    return 0;
  }
  const types = new Map([
    [serviceName, service_type],
    ...(plan.more ?? []).map(({ service_name: name, service_type: type }) => [name ?? type, type] as const),
  ]);
  for (const [name, each] of ports) {
    out.data(`${out.paint('bold', String(each))}  ${name} (${types.get(name)})`);
  }
  out.data(`runs: ${command.join(' ')}`);
  const exchange = script ? scriptVariables(script, ours) : {};
  if (script) out.data(`script "${script.script}" becomes: ${script.to}`);
  for (const [name, value] of Object.entries(env)) {
    // What the line above says is done by these.
    if (!Object.hasOwn(exchange, name)) out.data(`  ${name}=${value}`);
  }
  out.data(`because ${because}`);
  if (running) out.data((await import('./running.ts')).describeWish(running, wish));
  if (range) out.data(`service type "${service_type}" is new: it would get ports ${range.join('-')}`);
  return 0;
}

/** The plan is about tools, and knows PORT alone; `--env` and the configuration may name other variables. */
const withVariables = (because: string, names: readonly string[]): string =>
  names.length === 0 ? because : because.replace(/ read PORT$/, ` read ${names.join(' and ')}`);

/** What `--if-running` would have to do with; nothing if another one is to be started anyway. */
async function runningFor(coordinator: Coordinator, plan: RunPlan, wish: IfRunning) {
  if (wish === 'new') return undefined;
  const [running] = await findRunning(coordinator, plan);
  return running;
}

/** The ports of `--ports`, the first of which is known; each is asked for on its own, so none may come twice. */
async function furtherPorts(
  { suggest }: Coordinator,
  { serviceName, request, more = [] }: RunPlan,
  main: number,
) {
  const ports = new Map([[serviceName, main]]);
  for (const { service_type: type, service_name = type, service_type_definition } of more) {
    const told = [...ports.values()];
    const { suggestions } = await suggest(type, {
      count: told.length + 1,
      service_type_definition,
      project_path: request.project_path,
      service_name,
    });
    const port = suggestions.find((candidate) => !told.includes(candidate));
    if (port === undefined) throw new StyxyError('RANGE_FULL', `no port of type ${type} is free`);
    ports.set(service_name, port);
  }
  return ports;
}
