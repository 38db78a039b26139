import { describe } from './describe.ts';
import { identityOf } from './identity.ts';
import { elsewhere, replaceElsewhere } from './ports/elsewhere.ts';
import type { Program } from './program.ts';
import { programsOf, wholeCommand } from './programs.ts';
import type { Project } from './project.ts';
import { editArgv, editScript, type Edit } from './text/edit.ts';
import { type ArgvSource, rootOf, type ScriptSource } from './text/word.ts';
import { type Injection, PORT_VARIABLE, type PortPlan, type ScriptRewrite } from './plan.ts';
import { wishOf } from './wishes.ts';

/** Never guesses: where the command leaves any doubt, it stays as it is and PORT is all the program gets. */
export function planPort(argv: readonly string[], project: Project): PortPlan {
  const source: ArgvSource = { kind: 'argv', words: [...argv] };
  const found = programsOf(wholeCommand(source), project).map((each) => describe(each, project));
  const own = chooseServer(found) ?? describe({ command: wholeCommand(source), trail: [] }, project);
  const { edits, tool } = own;
  const placed = argv.some((word) => word.includes('{port}'));
  const number = edits.wanted ?? tool?.defaultPort;
  const others = placed || !edits.reached || number === undefined ? [] : elsewhere(number, own, source);
  return {
    adapter: own.adapter ?? PORT_VARIABLE,
    serviceType: own.serviceType,
    identity: identityOf(own, found, project),
    wanted: edits.wanted,
    wish: wishOf(own),
    because: sentence(own, placed ? 'is given its port where the command says {port}' : edits.how),
    place: own.place,
    programs: [own, ...found.filter((each) => each !== own)],
    elsewhere: others,
    inject: (port) => injection(source, placed ? [] : edits.edits(port), own, number, port),
  };
}

/** The first server of the table; else the first program that is told its PORT; else the first program. */
function chooseServer(found: readonly Program[]): Program | undefined {
  return (
    found.find(
      ({ binds, tool, hostPorts }) => binds === 'yes' && (tool !== undefined || hostPorts.length > 0),
    ) ??
    found.find(({ binds }) => binds === 'yes') ??
    found.find(({ edits }) => edits.wanted !== undefined) ??
    found.find(({ binds }) => binds === 'maybe') ??
    found[0]
  );
}

function sentence({ label, trail }: Program, how: string): string {
  const [first] = trail;
  if (first === undefined) return `${label} ${how}`;
  const kind = first.kind === 'script' ? 'package script' : first.kind;
  return `${kind} "${first.name}" runs ${label}, which ${how}`;
}

function injection(
  source: ArgvSource,
  edits: readonly Edit[],
  { edits: { env } }: Program,
  number: number | undefined,
  port: number,
): Injection {
  const script = edits.map((edit) => rootOf(edit.source)).find((root) => root.kind === 'script');
  const variables = env(port);
  const rewrite = script && rewriteOf(script, edits, number, port);
  const argv = editArgv(source, edits);
  return {
    argv: argv.map((word) => replaceElsewhere(word, edits.length > 0 ? number : undefined, port)),
    ...(rewrite && { scriptRewrite: rewrite }),
    ...(Object.keys(variables).length > 0 && { env: variables }),
  };
}

function rewriteOf(
  script: ScriptSource,
  edits: readonly Edit[],
  number: number | undefined,
  port: number,
): ScriptRewrite | undefined {
  const to = replaceElsewhere(editScript(script, edits), number, port);
  return to === script.text
    ? undefined
    : { script: script.name, file: script.place?.file, from: script.text, to };
}
