import { relative } from 'node:path';
import { StyxyError } from '../base/styxy-error.ts';
import { nearestName } from '../base/nearest-name.ts';
import type { Coordinator } from '../protocol/coordinator.ts';
import { suggestedName } from '../run/leases/suggest-ports.ts';
import { planRun, type RunPlan } from '../run/plan/plan.ts';
import type { PlannedProgram } from '../run/plan/planned-programs.ts';
import { type CallPlace, resolveTarget } from '../run/plan/target.ts';
import { findPackages, type PackageScript } from './packages.ts';
import { type LeftOut, readiness, type UpService } from './service.ts';

/** What was found in a project that names no services. */
export interface Found {
  services: UpService[];
  leftOut: LeftOut[];
}

interface Candidate {
  found: PackageScript;
  plan: RunPlan;
  /** undefined: it serves. */
  whyNot: string | undefined;
}

/** The packages whose `dev` (else `start`) script serves, and those that are named. @throws StyxyError USAGE */
export async function discoverServices(
  place: CallPlace & { coordinator: Pick<Coordinator, 'suggest'> },
  names: readonly string[],
  { isWhole, timeoutMs }: { isWhole: boolean; timeoutMs: number | undefined },
): Promise<Found> {
  const packages = await findPackages(place.cwd, place.top, isWhole);
  const candidates: Candidate[] = [];
  for (const found of packages) candidates.push(await candidateOf(found, place, packages.length === 1));
  const services: UpService[] = [];
  const leftOut: LeftOut[] = [];
  const known: string[] = [];
  for (const { found, plan, whyNot } of candidates) {
    const folder = relative(place.top, found.folder) || '.';
    const name = await suggestedName(place.coordinator, plan.ports[0]);
    known.push(name);
    const isNamed = names.some((each) => [name, found.name, folder].includes(each));
    if (whyNot !== undefined && !isNamed) leftOut.push({ name, why: whyNot });
    else
      services.push({
        name,
        needs: [],
        ...readiness(undefined, timeoutMs),
        restarts: false,
        words: [found.script],
        cwd: found.folder,
        plan,
        because: `script "${found.script}" of ${folder === '.' ? 'package.json' : folder}: ${plan.labels[0]}`,
        aliases: [found.name, folder].filter((each) => each !== undefined),
      });
  }
  refuseUnknown(names, services, known);
  return { services, leftOut };
}

async function candidateOf(found: PackageScript, place: CallPlace, isAlone: boolean): Promise<Candidate> {
  const { folder, script } = found;
  const { project, env, top } = place;
  const plan = await planRun(
    resolveTarget([script], undefined, { cwd: folder, env, top, project }),
    {},
    project,
  );
  return { found, plan, whyNot: isAlone ? undefined : reasonAgainst(found, plan) };
}

/** Why a package is no service; undefined when it is one. */
function reasonAgainst({ isRoot, script }: PackageScript, plan: RunPlan): string | undefined {
  const { programs, isOnlyRuns, labels } = plan;
  if (isRoot && !programs.every(({ folder }) => folder === '.'))
    return `script "${script}" of the root starts the packages`;
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
      why: known.length > 0 ? `there are ${known.join(', ')}` : 'no package has a script "dev" or "start"',
      hint: near ? `did you mean "${near}"? styxy up --dry-run shows all` : 'styxy up --dry-run shows all',
    });
  }
}
