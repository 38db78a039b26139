import { join, relative } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { serviceName } from '../tools/service-name.ts';
import { suggestedName } from '../run/leases/suggest-ports.ts';
import { planRun, type RunPlan } from '../run/plan/plan.ts';
import { plannedService } from '../run/plan/project-ports.ts';
import type { PlannedProgram } from '../run/plan/planned-programs.ts';
import { type CallPlace, resolveTarget } from '../run/plan/target.ts';
import { findNxTargets, type NxTarget } from './nx-targets.ts';
import { findCompose, findPackages, type PackageScript } from './packages.ts';
import { type LeftOut, readiness, type UpService } from './service.ts';

/** For people. */
export const NOTHING_FOUND =
  'no configuration names services, no package has a script "dev" or "start", and there is no file of docker compose';

/** What was found in a project that names no services. */
export interface Found {
  services: UpService[];
  leftOut: LeftOut[];
}

type Place = CallPlace & { coordinator: Pick<Coordinator, 'suggest' | 'projectPorts'> };

interface Candidate {
  /** Where it is started: its script, else the plan's command. */
  cwd: string;
  script?: string;
  /** The name that it is started by, where its command alone says another one. */
  givenName?: string;
  plan: RunPlan;
  because: string;
  /** Its package's name and folder. */
  aliases: readonly string[];
  /** undefined: it serves. */
  whyNot: string | undefined;
}

/** The packages whose `dev` (else `start`) script serves, and those that are named. @throws StyxyError USAGE */
export async function discoverServices(
  place: Place,
  names: readonly string[],
  { isWhole, timeoutMs }: { isWhole: boolean; timeoutMs: number | undefined },
): Promise<Found> {
  const { packages, unreadable } = await findPackages(place.cwd, place.top, isWhole);
  const candidates = await candidatesOf(packages, await findNxTargets(place.cwd, place.top, isWhole), place);
  const leftOut: LeftOut[] = unreadable.map((folder) => ({
    name: relative(place.top, join(folder, 'package.json')),
    why: 'it cannot be read',
    remedy: `mend ${relative(place.cwd, join(folder, 'package.json'))}`,
  }));
  const chosen: Candidate[] = [];
  const known: string[] = [];
  for (const candidate of candidates) {
    const { plan, whyNot, aliases } = candidate;
    const name = await suggestedName(place.coordinator, plan.ports[0]);
    known.push(name);
    if (whyNot === undefined || [name, ...aliases].some((each) => names.includes(each)))
      chosen.push(candidate);
    else leftOut.push({ name, why: whyNot, remedy: `styxy up ${name} starts it all the same` });
  }
  if (chosen.length === 0) chosen.push(...(await composeCandidates(place)));
  await claimNames(place, chosen);
  const services: UpService[] = [];
  for (const { cwd, script, givenName, plan, because, aliases } of chosen) {
    services.push({
      name: await suggestedName(place.coordinator, plan.ports[0]),
      needs: [],
      ...readiness(undefined, timeoutMs),
      restarts: false,
      words: script === undefined ? [] : [script],
      command: script === undefined ? [...plan.command] : undefined,
      givenName,
      cwd,
      plan,
      because,
      aliases,
    });
  }
  refuseUnknown(names, services, known);
  return { services, leftOut };
}

/** Where no package serves, what its file of docker compose starts: one run, with a lease for each published port. */
async function composeCandidates({ cwd, top, env, project }: Place): Promise<Candidate[]> {
  const folder = await findCompose(cwd, top, env);
  if (folder === undefined) return [];
  const place = { cwd: folder, env, top, project };
  const plan = await planRun(resolveTarget([], ['docker', 'compose', 'up'], place), {}, project);
  return [{ cwd: folder, plan, because: 'a file of docker compose', aliases: [], whyNot: undefined }];
}

/** Two packages may be called alike: what the first is called is then known when the second is asked about. */
async function claimNames({ coordinator, top }: Place, chosen: readonly Candidate[]): Promise<void> {
  const services = chosen.map(({ plan: { ports } }) => plannedService(ports[0].service_name, ports[0]));
  const { project_path = top, instance_id } = chosen[0]?.plan.ports[0] ?? {};
  if (services.length > 1) await coordinator.projectPorts({ project_path, instance_id, services });
}

async function candidatesOf(
  packages: readonly PackageScript[],
  targets: readonly NxTarget[],
  place: CallPlace,
): Promise<Candidate[]> {
  const isAlone = packages.length + targets.length === 1;
  const candidates: Candidate[] = [];
  for (const found of packages) {
    const candidate = await ofPackage(found, place, isAlone);
    const { programs } = candidate.plan;
    // The root's script starts the packages, which are services themselves.
    const startsOthers = found.isRoot && !programs.every(({ folder }) => folder === '.');
    const startsTargets = targets.some(({ root }) => root === found.folder) && /\bnx\b/.test(found.text);
    if (!startsOthers && !startsTargets) candidates.push(candidate);
  }
  for (const each of targets) candidates.push(await ofTarget(each, place, isAlone));
  return candidates;
}

async function ofPackage(found: PackageScript, place: CallPlace, isAlone: boolean): Promise<Candidate> {
  const { folder, script, name } = found;
  const { project, env, top } = place;
  const target = resolveTarget([script], undefined, { cwd: folder, env, top, project });
  const plan = await planRun(target, {}, project);
  const aliases = [name ?? '', relative(top, folder)].filter(Boolean);
  const what = `script "${script}"`;
  const because = `${what} of ${relative(top, folder) || 'package.json'}: ${plan.labels[0]}`;
  return {
    cwd: folder,
    script,
    plan,
    because,
    aliases,
    whyNot: isAlone ? undefined : reasonAgainst(what, plan),
  };
}

async function ofTarget(
  { root, folder, name, target }: NxTarget,
  place: CallPlace,
  isAlone: boolean,
): Promise<Candidate> {
  const { project, env, top } = place;
  const command = ['nx', 'run', `${name}:${target}`];
  const givenName = serviceName(name.replace(/^@[^/]+\//, ''));
  const plan = await planRun(
    resolveTarget([], command, { cwd: root, env, top, project }),
    { name: givenName },
    project,
  );
  const aliases = [name, relative(top, folder)].filter(Boolean);
  const what = `target "${target}"`;
  const because = `${what} of ${relative(top, folder) || 'project.json'}: ${plan.labels[0]}`;
  const whyNot = isAlone ? undefined : reasonAgainst(what, plan);
  return { cwd: root, givenName, plan, because, aliases, whyNot };
}

/** Why a package is no service; undefined when it is one. */
function reasonAgainst(what: string, plan: RunPlan): string | undefined {
  const { programs, isOnlyRuns, labels } = plan;
  if (isOnlyRuns || programs.some(serves)) return undefined;
  return `nothing tells that its ${what} serves (${labels[0]})`;
}

const serves = ({ binds, serviceType }: PlannedProgram): boolean =>
  binds !== 'maybe' && serviceType !== 'test';

function refuseUnknown(
  names: readonly string[],
  services: readonly UpService[],
  known: readonly string[],
): void {
  for (const name of names) {
    if (services.some((each) => each.name === name || each.aliases?.includes(name))) continue;
    const near = nearestName(name, known);
    throw new StyxyError('USAGE', `there is no service "${name}" here`, {
      why: known.length > 0 ? `there are ${known.join(', ')}` : NOTHING_FOUND,
      hint: near ? `did you mean "${near}"? styxy up --dry-run shows all` : 'styxy up --dry-run shows all',
    });
  }
}
