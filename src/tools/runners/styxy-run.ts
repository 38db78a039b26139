import { isTerminator, readOptions } from '../text/options.ts';
import type { Runner } from './start.ts';

/** Options that change nothing about the port, and those that say what the service is called. */
const OPTIONS = {
  flags: ['--quiet', '--wait', '--json'],
  values: ['--name', '--type', '--service', '--timeout', '--retries'],
};

/** `styxy run --name web -- vite`, `node styxy.cjs run -- vite`: followed only by an outer run, which leases for all of them. */
export const styxyRun: Runner = (command, project) => {
  const at = runAt(command.words.map(({ value }) => value));
  if (project.opensRuns !== true || at === undefined) return undefined;
  const read = readOptions(command.words, at + 1, OPTIONS);
  if (read === undefined || !isTerminator(command.words[read.next])) return undefined;
  const words = command.words.slice(read.next + 1);
  if (words.length === 0 || read.given.some(({ value }) => value === undefined)) return undefined;
  const last = (...names: string[]) => read.given.findLast(({ name }) => names.includes(name))?.value;
  const [name, type] = [last('--name'), last('--type', '--service')];
  const run = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) };
  return [{ command: { ...command, words, run } }];
};

/** The index of `run` in a command that is Styxy. */
function runAt([first = '', ...others]: readonly (string | undefined)[]): number | undefined {
  const at = /(^|[\\/])node(js)?$/.test(first) ? 1 : 0;
  const program = at === 0 ? first : others[0];
  const isStyxy = program !== undefined && /(^|[\\/])styxy(\.c?js)?$/.test(program);
  return isStyxy && others[at] === 'run' ? at + 1 : undefined;
}
