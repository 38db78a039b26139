import type { Project } from './project.ts';
import { runnerOf } from './runners/table.ts';
import type { HostPort, Start, Step } from './runners/start.ts';
import type { Command } from './text/command.ts';
import { argvWords, type ArgvSource, type Source } from './text/word.ts';

/** A program that a command starts in the end. */
export interface Found {
  command: Command;
  /** The scripts and tasks that led there, outermost first. */
  trail: readonly Step[];
  hostPorts?: readonly HostPort[];
}

/** Keeps a hostile package.json from growing into a search without end. */
const DEEPEST = 14;
const MOST_STEPS = 200;
const MOST_PROGRAMS = 200;

interface Search {
  project: Project;
  stepsLeft: number;
}

/** Every program that a command starts, in the order in which it starts them. */
export function programsOf(command: Command, project: Project): Found[] {
  const state = { project, stepsLeft: MOST_STEPS };
  const found: Found[] = [];
  for (const each of search({ command }, [], new Set(), state)) {
    found.push(each);
    if (found.length === MOST_PROGRAMS) break;
  }
  return found;
}

export function wholeCommand(source: ArgvSource): Command {
  const words = argvWords(source);
  return { words, assignments: [], dir: '.', slot: { source, at: words.length, lead: [] } };
}

function* search(
  { command, step, hostPorts, final }: Start,
  outer: readonly Step[],
  opened: ReadonlySet<string>,
  state: Search,
): Generator<Found, void> {
  const trail = step ? [...outer, step] : outer;
  const found = { command, trail, ...(hostPorts && { hostPorts }) };
  const key = keyOf(command);
  if (final || hostPorts || opened.has(key) || opened.size > DEEPEST * 3 || trail.length > DEEPEST) {
    yield found;
    return;
  }
  state.stepsLeft -= 1;
  const starts = state.stepsLeft > 0 ? runnerOf(command)?.(command, state.project) : undefined;
  if (starts === undefined || starts.some((start) => isIn(start.step, trail))) {
    yield found;
    return;
  }
  const inside = new Set([...opened, key]);
  for (const start of starts) yield* search(start, trail, inside, state);
}

/** A script is not followed into itself: `"dev": "vite & npm run dev"`. */
function isIn(step: Step | undefined, trail: readonly Step[]): boolean {
  if (!step?.place) return false;
  const { name, place } = step;
  return trail.some(
    (each) => each.name === name && each.place?.file === place.file && each.place.line === place.line,
  );
}

/** Nor is a command: `"dev": "npm run dev"`. */
function keyOf({ dir, words }: Command): string {
  return JSON.stringify([dir, words.map(({ value, text }) => value ?? text), kindOf(words[0]?.source)]);
}

function kindOf(source: Source | undefined): string {
  return source?.kind === 'script' ? source.name : (source?.kind ?? '');
}
