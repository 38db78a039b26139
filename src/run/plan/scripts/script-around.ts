import type { ServiceIdentity } from '../../../tools/identity.ts';
import type { Program } from '../../../tools/program.ts';
import type { Project } from '../../../tools/project.ts';
import { readPackage } from './read-package.ts';

/** `styxy run -- `, with what leads to it. */
const PREFIX =
  /(?:\b(?:npx|pnpm exec|pnpm|yarn|bunx) )?(?:\bnode )?[^\s"']*\bstyxy(?:\.c?js)? run (?:-[^\s"'&|;]+ )*-- /;
const RUN = /\bstyxy(?:\.c?js)? run\b/g;

/**
 * A run that stands in a package script (`"dev": "styxy run -- vite"`) is the service that the script is to everybody else:
 * `styxy run -- npm run dev`, `styxy url dev`. Of several runs in it each is what an outer run would call it.
 * @returns undefined when no package manager runs such a script, or when the runs in it can't be told apart
 */
export async function identityByScript(
  command: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<ServiceIdentity | undefined> {
  const scripts = readPackage(cwd)?.scripts ?? {};
  const name = scriptName(scripts, command, env.npm_lifecycle_event ?? env.NODE_RUN_SCRIPT_NAME);
  const script = name === undefined ? undefined : scripts[name];
  if (name === undefined || script === undefined || !isMeant(script, command)) return undefined;
  const { planPort } = await import('../../../tools/port-plan.ts');
  const { withLibrary } = await import('../library.ts');
  if (countRuns(script) > 1) {
    const whole = await withLibrary((open) =>
      planPort(['npm', 'run', name], { ...open(cwd), opensRuns: true }),
    );
    const same = [whole, ...whole.more].filter(({ program }) => isRunOf(program, command));
    return same.length === 1 ? same[0]!.identity : undefined;
  }
  return withLibrary((open) => {
    const project = withScript(open(cwd), name, script.replace(PREFIX, ''));
    return planPort(['npm', 'run', name], project).identity;
  });
}

/** Its words, and perhaps those that an outer run has added. */
function isRunOf(program: Program | undefined, command: readonly string[]): boolean {
  return (
    program?.command.run !== undefined &&
    program.words.length <= command.length &&
    program.words.every((word, at) => command[at] === word)
  );
}

const countRuns = (script: string): number => script.match(RUN)?.length ?? 0;

/** npx puts its own name in the place of the script that it stands in. */
function scriptName(
  scripts: Readonly<Record<string, string>>,
  command: readonly string[],
  event: string | undefined,
): string | undefined {
  if (event !== 'npx') return event;
  const [found, ...others] = Object.keys(scripts).filter((name) => isMeant(scripts[name]!, command));
  return others.length === 0 ? found : undefined;
}

/** The variables of a package manager reach whatever the script starts: this must be the run that stands in it. */
function isMeant(script: string, command: readonly string[]): boolean {
  return countRuns(script) > 0 && command.every((word) => script.includes(word));
}

function withScript(project: Project, name: string, text: string): Project {
  const readFile = (path: string): string | undefined => {
    const own = project.readFile(path);
    if (path !== 'package.json' || own === undefined) return own;
    const content = JSON.parse(own.replace(/^\uFEFF/, '')) as { scripts: Record<string, string> };
    return JSON.stringify({ ...content, scripts: { ...content.scripts, [name]: text } });
  };
  return { ...project, readFile, parsed: new Map() };
}
