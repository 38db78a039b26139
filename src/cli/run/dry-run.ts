import type { StyxyError } from '../../base/styxy-error.ts';
import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { SuggestAnswer } from '../../protocol/answers/ports.ts';
import { toErrorBody } from '../../protocol/error-body.ts';
import { childVariables } from '../../run/child/child-env.ts';
import { fixedPortTaken } from '../../run/leases/fixed-ports.ts';
import { findRunning } from '../../run/leases/if-running.ts';
import { suggestPorts } from '../../run/leases/suggest-ports.ts';
import type { RunPlan } from '../../run/plan/plan.ts';
import type { PortRequest } from '../../run/plan/requests.ts';
import type { PlannedProgram } from '../../run/plan/planned-programs.ts';
import { byName, type LeasedPorts } from '../../run/plan/ports.ts';
import { scriptVariables } from '../../run/plan/scripts/script-variables.ts';
import type { ScriptWay } from '../../run/plan/scripts/direct.ts';
import type { FileCopy } from '../../tools/plan.ts';
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
  const { command, variables, scripts, files } = plan.launch(ports);
  const url = `http://localhost:${port}`;
  const allocation = { port, url, service_name, instance_id: plan.ports[0].instance_id ?? null };
  // Which host name it gets is known with its lease.
  const { STYXY_NAME_URL: _, ...own } = childVariables(plan, { allocation, ports }, variables);
  const env = { ...own, ...variables, ...own };
  const because = withVariables(plan.because, plan.portVariables);
  const refused = fixedPortTaken(plan, { ports, allocations: ports.map(({ answer: each }) => each) });
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
      ...(plan.way && {
        way: 'why' in plan.way ? { direct: false, because: plan.way.why } : { direct: true },
      }),
      programs: plan.programs.map((each) => programJson(each, ports)),
      ...(refused && { refused: toErrorBody(refused).error }),
      ...(!running && reason && { reason }),
      ...(auto_allocated && { auto_allocated, range }),
      ...(running && { if_running: wish, running }),
    });
    return refused?.exitCode ?? 0;
  }
  if (refused) for (const line of describeRefusal(refused)) out.line(line);
  for (const [at, { name, port: own, answer: each }] of ports.entries()) {
    const why = running || !each.reason ? '' : `: ${each.reason.text}`;
    out.line(`${out.paint('bold', String(own))}  ${name} (${typeWords(plan.ports[at], each, own)})${why}`);
  }
  out.line(`runs: ${command.join(' ')}`);
  if (plan.way) out.line(describeWay(plan.way, plan.command));
  const direct = plan.way && 'folder' in plan.way ? plan.way.variables : {};
  const exchange = { ...scriptVariables(scripts, plan), ...direct };
  for (const { script, file, to } of scripts) out.line(`script "${script}"${inFile(file)} becomes: ${to}`);
  for (const line of files.flatMap(describeCopy)) out.line(line);
  const isSeveral = plan.isFound && ports.length > 1;
  for (const [name, value] of Object.entries(env)) {
    // What the lines above say is done by these.
    if (!Object.hasOwn(exchange, name) && !(isSeveral && OF_EACH.includes(name)))
      out.line(`  ${name}=${value}`);
  }
  if (isSeveral) out.line(`  and for each of them its own ${OF_EACH.join(', ')}`);
  out.line(`because ${because}${placedBeside(because, plan.programs[0])}`);
  const [, ...others] = plan.programs;
  for (const other of others.filter(({ server }) => server !== undefined))
    out.line(`because ${other.because}${placedBeside(other.because, other)}`);
  for (const line of [...plan.elsewhere, ...plan.doubts(ports)]) out.line(line);
  for (const other of others.filter(({ server }) => server === undefined)) out.line(describeOther(other));
  if (running) out.line(describeWish(running, wish));
  if (range) out.line(`service type "${type}" is new: it would get ports ${range.join('-')}`);
  return refused?.exitCode ?? 0;
}

/** What each program of a run has for itself. */
const OF_EACH = ['STYXY_SERVICE', 'STYXY_PORT', 'STYXY_URL'];

/** Which way a script is started, and why. */
function describeWay(way: ScriptWay, [manager = '']: readonly string[]): string {
  return 'why' in way
    ? `by ${manager}, since ${way.why}`
    : `without ${manager}, as it would start the script`;
}

function describeRefusal({ message, why, hint }: StyxyError): string[] {
  return [
    `this would be refused: ${message}`,
    `  why: ${why}`,
    `  try: ${hint}`,
    'with a port of its own it would be:',
  ];
}

/** Where nobody named a type, that of the port's range is taken. */
function typeWords(
  asked: PortRequest | undefined,
  { service_type: type }: Pick<SuggestAnswer, 'service_type'>,
  port: number,
): string {
  const isByPort = asked?.service_type_default === true && asked.service_type !== type;
  return isByPort ? `${type}, since ${port} is one of its ports` : type;
}

function programJson(program: PlannedProgram, ports: LeasedPorts): object {
  const { server, name, tool, serviceType, port, folder, command, how, place, env } = program;
  const leased = server === undefined ? undefined : ports[server];
  return {
    name,
    tool,
    service_type: serviceType,
    port,
    ...(leased && { service_name: leased.name, leased_port: leased.port }),
    env: leased ? env(leased.port) : {},
    folder,
    command,
    how,
    because: place,
  };
}

/** The lines of a file that are others in the copy which the command reads. */
function describeCopy({ file, from, text }: FileCopy): string[] {
  const before = from.split('\n');
  const after = text.split('\n');
  return after.flatMap((line, at) =>
    line === before[at] || (line.trim() === '' && before[at] === undefined)
      ? []
      : [before.length === 1 ? `  ${line}` : `${file}:${at + 1} becomes, in a copy: ${line}`],
  );
}

/** Which of several packages' scripts it is. */
const inFile = (file: string | undefined): string =>
  file === undefined || file === 'package.json' ? '' : ` of ${file}`;

function placed(program: PlannedProgram | undefined): string {
  const { file, line } = program?.place ?? {};
  return file === undefined ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
}

/** A further server of the command. It gets no lease of its own. */
function describeOther(program: PlannedProgram): string {
  const port = program.port === null ? '' : ` on ${program.port}`;
  return `also starts ${program.name}${port}, which ${program.how}${placedBeside(program.how, program)}`;
}

/** Where it is written, unless the text says so. */
function placedBeside(text: string, program: PlannedProgram | undefined): string {
  const place = placed(program);
  return place !== '' && text.includes(place.slice(2, -1)) ? '' : place;
}

/** The plan is about tools, and knows PORT alone; `--env` and the configuration may name other variables. */
function withVariables(because: string, names: readonly string[]): string {
  if (names.length === 0) return because;
  const these = names.length === 1 ? 'that' : 'them';
  return because.replace(
    / PORT, in case it reads that$/,
    ` ${names.join(' and ')}, in case it reads ${these}`,
  );
}
