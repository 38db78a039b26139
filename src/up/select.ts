import { relative } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { LoadedProject } from '../project/load-config.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import type { PlannedService } from '../protocol/requests/project.ts';
import { planRun } from '../run/plan/plan.ts';
import { plannedService } from '../run/plan/project-ports.ts';
import { type CallPlace, resolveTarget } from '../run/plan/target.ts';
import { discoverServices, NOTHING_FOUND } from './discover.ts';
import { inOrder } from './order.ts';
import { type LeftOut, readiness, type UpService } from './service.ts';

/** What `styxy up` is to start. */
export interface Selection {
  /** Each behind those that it needs. */
  services: readonly UpService[];
  /** The configuration names them. */
  isConfigured: boolean;
  leftOut: readonly LeftOut[];
  /** All services that were found, where no configuration names them. */
  siblings: readonly PlannedService[] | undefined;
}

export interface SelectWishes {
  /** Only these, and what they need; all when empty. */
  names: readonly string[];
  /** From inside a package: all packages of its workspace. */
  isWhole: boolean;
  /** For services that say nothing themselves. */
  timeoutMs: number | undefined;
}

/** @throws StyxyError USAGE when a name is unknown, or nothing is there to be started */
export async function selectServices(
  place: CallPlace & { coordinator: Pick<Coordinator, 'suggest' | 'projectPorts'> },
  wishes: SelectWishes,
): Promise<Selection> {
  const { project } = place;
  const configured = Object.keys(project?.config.services ?? {});
  const selection =
    project && configured.length > 0 ? await fromConfig(place, project, wishes) : await found(place, wishes);
  if (selection.services.length === 0) throw nothingServes(selection.leftOut);
  return selection;
}

/** What `styxy up` with this name starts, by its own name. @throws StyxyError where it starts nothing */
export async function upService(
  place: Parameters<typeof selectServices>[0],
  name: string,
): Promise<string | undefined> {
  const { services } = await selectServices(place, { names: [name], isWhole: true, timeoutMs: undefined });
  return services.find((each) => each.name === name || each.aliases?.includes(name))?.name;
}

async function fromConfig(
  place: CallPlace,
  project: LoadedProject,
  { names, timeoutMs }: SelectWishes,
): Promise<Selection> {
  const configs = project.config.services ?? {};
  const known = Object.keys(configs);
  for (const name of names) if (!known.includes(name)) throw unknownService(name, known, project.file);
  const nodes = known.map((name) => ({ name, needs: configs[name]?.depends_on ?? [] }));
  const wanted = names.length > 0 ? names : known.filter((name) => configs[name]?.command !== undefined);
  const services: UpService[] = [];
  for (const { name, needs } of inOrder(nodes, wanted)) {
    const { ready, restart } = configs[name] ?? {};
    const target = resolveTarget([name], undefined, place);
    const asker = nodes.find((each) => each.needs.includes(name) && !wanted.includes(name));
    services.push({
      name,
      needs,
      ...readiness(ready, timeoutMs),
      restarts: restart === 'on-failure',
      words: [name],
      cwd: target.cwd,
      plan: await planRun(target, {}, project),
      because:
        asker && !wanted.includes(name) ? `"${asker.name}" depends on it` : namedIn(project, place.cwd),
    });
  }
  const leftOut = known
    .filter((name) => configs[name]?.command === undefined && names.length === 0)
    .map((name) => ({
      name,
      why: 'it has no "command"',
      remedy: `give it a "command" in ${relative(place.cwd, project.file)}`,
    }));
  return { services, isConfigured: true, leftOut, siblings: undefined };
}

const namedIn = ({ file }: LoadedProject, cwd: string): string => `named in ${relative(cwd, file)}`;

async function found(
  place: CallPlace & { coordinator: Pick<Coordinator, 'suggest' | 'projectPorts'> },
  { names, isWhole, timeoutMs }: SelectWishes,
): Promise<Selection> {
  const { services, leftOut } = await discoverServices(place, names, { isWhole, timeoutMs });
  const isWanted = ({ name, aliases = [] }: UpService): boolean =>
    names.length === 0 || names.includes(name) || aliases.some((each) => names.includes(each));
  const siblings = services.map(({ plan }) => plannedService(plan.ports[0].service_name, plan.ports[0]));
  return {
    services: services.filter(isWanted),
    isConfigured: false,
    leftOut: names.length > 0 ? [] : leftOut,
    siblings: siblings.length > 1 ? siblings : undefined,
  };
}

function unknownService(name: string, known: readonly string[], file: string): StyxyError {
  const near = nearestName(name, known);
  return new StyxyError('USAGE', `there is no service "${name}"`, {
    why: `${file} names ${known.join(', ')}`,
    hint: near ? `did you mean "${near}"?` : `styxy up ${known[0]}`,
  });
}

function nothingServes(leftOut: readonly LeftOut[]): StyxyError {
  return new StyxyError('USAGE', 'there is nothing to start here', {
    why: leftOut.length > 0 ? leftOut.map(({ name, why }) => `${name}: ${why}`).join('; ') : NOTHING_FOUND,
    hint:
      leftOut.length > 0
        ? leftOut[0]!.remedy
        : 'name services in styxy.config.json: { "services": { "web": { "command": "npm run dev" } } }',
  });
}
