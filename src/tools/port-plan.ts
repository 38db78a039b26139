import { describe } from './describe.ts';
import { identitiesOf } from './identity.ts';
import { deliveriesTo, ownerOfPort } from './ports/delivery.ts';
import { elsewhere } from './ports/elsewhere.ts';
import { fileVariables, mentionsIn } from './ports/mentions.ts';
import { injectionOf, type Texts } from './ports/injection.ts';
import { setTogether } from './ports/shared-assignments.ts';
import type { Program } from './program.ts';
import { programsOf, wholeCommand } from './programs.ts';
import type { Project } from './project.ts';
import { type GivenPort, PORT_VARIABLE, type PortPlan, type PlannedServer } from './plan.ts';
import { numberOf, serversOf } from './servers.ts';
import { type ArgvSource, type CopySource, rootOf } from './text/word.ts';
import { wishOf } from './wishes.ts';

/** Never guesses: where the command leaves any doubt, it stays as it is and PORT is all the program gets. */
export function planPort(argv: readonly string[], project: Project): PortPlan {
  const source: ArgvSource = { kind: 'argv', words: [...argv] };
  const found = programsOf(wholeCommand(source), project).map((each) =>
    remapped(describe(each, project), project),
  );
  const alone = found.length > 0 ? found : [describe({ command: wholeCommand(source), trail: [] }, project)];
  const all = toldApart(alone, project);
  // The command says itself what {port} is for.
  const placed = argv.some((word) => word.includes('{port}'));
  const servers = placed ? serversOf(all).slice(0, 1) : serversOf(all);
  const [own] = servers as [Program, ...Program[]];
  // Of a lone server nobody else has to know.
  const isSeveral = servers.length > 1;
  const variables = isSeveral ? fileVariables(servers, project) : [];
  const targets = all.flatMap(({ edits }) => edits.target ?? []);
  const texts: Texts = { argv: source, ...textsOf(all), variables, targets };
  const ways = deliveriesTo(servers);
  const identities = identitiesOf(servers, all, project);
  const [main, ...more] = servers.map((program, index): PlannedServer => {
    const { adapter = PORT_VARIABLE, serviceType, edits, place } = program;
    const reached = ways[index]!.isPossible && edits.reached;
    const how = placed ? 'is given its port where the command says {port}' : edits.how;
    return {
      program,
      label: labelOf(program),
      adapter,
      serviceType,
      identity: identities[index]!,
      wanted: edits.wanted,
      wish: wishOf(program),
      written: program.written,
      because: sentence(program, how),
      place,
      reached,
      fixed: edits.isFixed && reached === false ? edits.wanted : undefined,
    };
  }) as [PlannedServer, ...PlannedServer[]];
  return {
    ...main,
    more,
    portOwner: placed ? 0 : ownerOfPort(servers, all),
    programs: [own, ...all.filter((each) => each !== own)],
    composeProject: all.flatMap(({ hostPorts }) => hostPorts.flatMap((each) => each.project ?? []))[0],
    mentions: isSeveral && !project.remaps ? mentionsIn(servers, project) : [],
    elsewhere: placed ? [] : servers.flatMap((each) => elsewhereOf(each, texts)),
    inject: (...given) =>
      placed
        ? { argv: [...argv] }
        : injectionOf(servers, given.map(asGiven), { ...texts, remaps: project.remaps ?? false }),
  };
}

const asGiven = (given: number | GivenPort): GivenPort =>
  typeof given === 'number' ? { port: given, variables: {} } : given;

/** What one place sets for several servers is set for each of them before its own command, and stays there. */
function toldApart(programs: readonly Program[], project: Project): Program[] {
  const apart = new Map(setTogether(serversOf(programs)).map((each) => [each.program, each]));
  return programs.map((program) => {
    const found = apart.get(program);
    if (found === undefined) return program;
    const { trail, hostPorts } = program;
    const ports = hostPorts.length > 0 && { hostPorts };
    const next = remapped(describe({ command: found.command, trail, ...ports }, project), project);
    // Only what reads PORT means its number.
    const wanted = next.edits.wanted ?? (next.edits.readsPort ? found.number : undefined);
    return { ...next, edits: { ...next.edits, wanted } };
  });
}

/** A tool by its name; code of one's own by the words that start it. */
function labelOf({ tool, hostPorts, label, words }: Program): string {
  return tool || hostPorts.length > 0 ? label : words.join(' ');
}

/** For a program that offers no way, the number is exchanged when it listens. */
function remapped(program: Program, { remaps }: Project): Program {
  const { edits } = program;
  const number = numberOf(program);
  if (!remaps || edits.reached !== false || number === undefined) return program;
  const how = `has its port ${number} exchanged when it listens (--remap)`;
  return { ...program, edits: { ...edits, reached: true, isFixed: false, how } };
}

function elsewhereOf(program: Program, texts: Texts): ReturnType<typeof elsewhere> {
  const number = numberOf(program);
  if (number === undefined || !program.edits.reached) return [];
  return elsewhere(number, { ...texts, trail: program.trail });
}

/** The package scripts and files in whose texts the programs, and their variables, stand. */
function textsOf(programs: readonly Program[]): Pick<Texts, 'scripts' | 'leading' | 'copies'> {
  const spans = programs.flatMap(({ command: { words, assignments, head } }) => [
    ...words,
    ...assignments,
    ...(head ? [head] : []),
  ]);
  const roots = [...new Set(spans.map(({ source }) => rootOf(source)))];
  const changed = programs.flatMap(({ edits: { copy } }) => copy ?? []);
  const copies = withTellers([...roots.filter((root) => root.kind === 'copy'), ...changed]);
  const telling = copies.map(({ tell }) => rootOf(tell.source));
  const steps = programs.flatMap(({ trail }) => trail.flatMap((step) => step.source ?? []));
  const all = new Set([...roots, ...telling, ...steps]);
  const scripts = [...all].filter((root) => root.kind === 'script');
  const leading = programs.flatMap(({ trail }) => {
    const last = trail.findLastIndex(({ kind }) => kind === 'script');
    return trail.slice(0, Math.max(last, 0)).flatMap((step) => step.source ?? []);
  });
  return { scripts, leading: new Set(leading), copies };
}

/** A copy that another file names changes that one, too. */
function withTellers(copies: readonly CopySource[]): CopySource[] {
  const tellers = copies.map(({ tell }) => rootOf(tell.source)).filter((root) => root.kind === 'copy');
  const all = [...new Set([...copies, ...tellers])];
  return all.length === copies.length ? all : withTellers(all);
}

function sentence({ label, trail }: Program, how: string): string {
  const [first] = trail;
  if (first === undefined) return `${label} ${how}`;
  const kind = first.kind === 'script' ? 'package script' : first.kind;
  return `${kind} "${first.name}" runs ${label}, which ${how}`;
}
