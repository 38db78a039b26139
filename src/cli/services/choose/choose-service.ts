import { leasesMeant } from '../../../run/leases/find-lease.ts';
import { hereOf } from '../../../run/plan/here.ts';
import { serviceLogsOf } from '../../../system/service-log.ts';
import type { Context } from '../../context.ts';
import { chooseOne, isInteractive } from '../../print/ask.ts';
import { shorten } from '../../print/listeners.ts';
import { leaseWords } from '../../run/along.ts';

/* Services are offered where a command names none of them and a person is at its terminal: never to a script. */

/** What the user has left is ended as by Ctrl-C. */
export const LEFT = 130;

interface Flags {
  readonly json?: boolean | undefined;
}

/**
 * The words of a command line; where it has none and several services run here, the one that is chosen.
 * @returns undefined: the user has left
 */
export async function namedOrChosen(
  { coordinator, cwd, env }: Context,
  words: string[],
  { json }: Flags,
  question: string,
): Promise<string[] | undefined> {
  if (words.length > 0 || json || !isInteractive(env)) return words;
  const here = hereOf(cwd);
  const { allocations } = await coordinator.list();
  const leases = leasesMeant(undefined, here, allocations);
  if (leases.length < 2) return words;
  const chosen = await chooseOne(
    question,
    leases.map((lease) => ({
      value: lease.lock_id,
      label: leaseWords(lease, here.path),
      ...(lease.command !== null && { hint: shorten(lease.command) }),
    })),
  );
  return chosen === undefined ? undefined : [chosen];
}

/**
 * The same for logs, which outlive their services; all of them are offered as well.
 * @returns no words for all; undefined: the user has left
 */
export async function namedOrChosenLog(
  { cwd, env, paths }: Context,
  words: string[],
  { json }: Flags,
): Promise<string[] | undefined> {
  if (words.length > 0 || json || !isInteractive(env)) return words;
  const names = serviceLogsOf(paths, hereOf(cwd).path).map(({ name }) => name);
  if (names.length < 2) return words;
  const ALL = '';
  const chosen = await chooseOne('Whose output?', [
    { value: ALL, label: 'all of them' },
    ...names.map((name) => ({ value: name, label: name })),
  ]);
  if (chosen === undefined) return undefined;
  return chosen === ALL ? [] : [chosen];
}
