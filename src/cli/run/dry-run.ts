import type { Allocation } from '../../protocol/answers/allocation.ts';
import { childVariables } from '../../run/child/child-env.ts';
import { findRunning } from '../../run/leases/if-running.ts';
import { suggestPorts } from '../../run/leases/suggest-ports.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { PlannedProgram } from '../../run/plan/planned-programs.ts';
import { byName } from '../../run/plan/ports.ts';
import { scriptVariables } from '../../run/plan/scripts/script-variables.ts';
import type { Context } from '../context.ts';
import type { RunFlags } from './flags.ts';
import { describeWish } from './running.ts';

/** `styxy run --dry-run`: what would be run, with which ports, and why. */
export async function printPlan(
  { coordinator, out }: Context,
  flags: RunFlags,
  plan: RunPlan,
): Promise<number> {
  const { adapter, ifRunning: wish = flags.detach ? 'reuse' : 'new' } = plan;
  const running: Allocation | undefined =
    wish === 'new' ? undefined : (await findRunning(coordinator, plan))[0];
  const ports = await suggestPorts(coordinator, plan, running?.port);
  const [{ port, answer }] = ports;
  const { service_type: type, service_name = plan.serviceName, auto_allocated, range, reason } = answer;
  const { command, variables, script } = plan.launch(ports);
  const url = `http://localhost:${port}`;
  const allocation = { port, url, service_name, instance_id: plan.ports[0].instance_id ?? null };
  const own = childVariables(plan, { allocation, ports });
  const env = { ...own, ...variables, ...own };
  const because = withVariables(plan.because, plan.portVariables);
  if (flags.json) {
    out.json({
      port,
      ports: byName(ports),
      service_type: type,
      service_name,
      command,
      env,
      adapter,
      because,
      programs: plan.programs,
      ...(!running && reason && { reason }),
      ...(auto_allocated && { auto_allocated, range }),
      ...(running && { if_running: wish, running }),
    });
    return 0;
  }
  for (const { name, port: own, answer: each } of ports) {
    const why = running || !each.reason ? '' : `: ${each.reason.text}`;
    out.line(`${out.paint('bold', String(own))}  ${name} (${each.service_type})${why}`);
  }
  out.line(`runs: ${command.join(' ')}`);
  const exchange = script ? scriptVariables(script, plan) : {};
  if (script) out.line(`script "${script.script}" becomes: ${script.to}`);
  for (const [name, value] of Object.entries(env)) {
    // What the line above says is done by these.
    if (!Object.hasOwn(exchange, name)) out.line(`  ${name}=${value}`);
  }
  out.line(`because ${because}${placed(plan.programs[0])}`);
  for (const line of plan.elsewhere) out.line(line);
  for (const other of plan.programs.slice(1)) out.line(describeOther(other));
  if (running) out.line(describeWish(running, wish));
  if (range) out.line(`service type "${type}" is new: it would get ports ${range.join('-')}`);
  return 0;
}

function placed(program: PlannedProgram | undefined): string {
  const { file, line } = program?.because ?? {};
  return file === undefined ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
}

/** A further server of the command. It gets no lease of its own. */
function describeOther(program: PlannedProgram): string {
  const port = program.port === null ? '' : ` on ${program.port}`;
  const place = placed(program);
  const where = program.how.includes(place.slice(2, -1)) ? '' : place;
  return `also starts ${program.name}${port}, which ${program.how}${where}`;
}

/** The plan is about tools, and knows PORT alone; `--env` and the configuration may name other variables. */
const withVariables = (because: string, names: readonly string[]): string =>
  names.length === 0 ? because : because.replace(/ read PORT$/, ` read ${names.join(' and ')}`);
