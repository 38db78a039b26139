import { join, relative } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { suggestedName } from '../run/leases/suggest-ports.ts';
import { planRun, type RunPlan } from '../run/plan/plan.ts';
import { plannedService } from '../run/plan/project-ports.ts';
import type { PlannedProgram } from '../run/plan/planned-programs.ts';
import { type CallPlace, resolveTarget } from '../run/plan/target.ts';
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
  /** Without a script it is the plan's command. */
  found: Pick<PackageScript, 'folder'> & Partial<PackageScript>;
  plan: RunPlan;
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
  const candidates: Candidate[] = [];
  for (const found of packages) {
    const candidate = await candidateOf(found, place, packages.length === 1);
    // The root's script starts the packages, which are services themselves.
    if (!found.isRoot || candidate.plan.programs.every(({ folder }) => folder === '.'))
      candidates.push(candidate);
  }
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
  for (const { found, plan, aliases } of chosen) {
    const folder = relative(place.top, found.folder) || 'package.json';
    services.push({
      name: await suggestedName(place.coordinator, plan.ports[0]),
      needs: [],
      ...readiness(undefined, timeoutMs),
      restarts: false,
      words: found.script === undefined ? [] : [found.script],
      command: found.script === undefined ? [...plan.command] : undefined,
      cwd: found.folder,
      plan,
      because:
        found.script === undefined
          ? 'a file of docker compose'
          : `script "${found.script}" of ${folder}: ${plan.labels[0]}`,
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
  return [{ found: { folder }, plan, aliases: [], whyNot: undefined }];
}

/** Two packages may be called alike: what the first is called is then known when the second is asked about. */
async function claimNames({ coordinator, top }: Place, chosen: readonly Candidate[]): Promise<void> {
  const services = chosen.map(({ plan: { ports } }) => plannedService(ports[0].service_name, ports[0]));
  const { project_path = top, instance_id } = chosen[0]?.plan.ports[0] ?? {};
  if (services.length > 1) await coordinator.projectPorts({ project_path, instance_id, services });
}

async function candidateOf(found: PackageScript, place: CallPlace, isAlone: boolean): Promise<Candidate> {
  const { folder, script } = found;
  const { project, env, top } = place;
  const plan = await planRun(
    resolveTarget([script], undefined, { cwd: folder, env, top, project }),
    {},
    project,
  );
  const aliases = [found.name ?? '', relative(top, folder)].filter(Boolean);
  return { found, plan, aliases, whyNot: isAlone ? undefined : reasonAgainst(found, plan) };
}

/** Why a package is no service; undefined when it is one. */
function reasonAgainst({ script }: PackageScript, plan: RunPlan): string | undefined {
  const { programs, isOnlyRuns, labels } = plan;
  if (isOnlyRuns || programs.some(serves)) return undefined;
  return `nothing tells that its script "${script}" serves (${labels[0]})`;
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
