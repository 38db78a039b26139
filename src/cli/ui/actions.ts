import type { Row } from '../../overview/services.ts';
import { hereOf } from '../../run/plan/here.ts';
import { endedBy } from '../../run/leases/end-lease.ts';
import { planEndings } from '../../run/leases/end-services.ts';
import { findLease } from '../../run/leases/find-lease.ts';
import type { Context } from '../context.ts';
import { noteEndsAlong, stopQuestion } from '../run/along.ts';
import { capture } from './captured-output.ts';

/* What the keys do is the work of other commands. Each is loaded when it is wanted for the first time. */

/** How long `restart` and `open` may wait. ms */
const TIMEOUT_MS = 30_000;

/** A stop, understood before it is asked for. */
export interface PlannedStop {
  readonly question: string;
  /** @returns what has come of it */
  carryOut(): Promise<string>;
}

export async function planStop(context: Context, { lockId = '' }: Row): Promise<PlannedStop> {
  const { endAll } = await import('../services/stop.ts');
  const here = hereOf(context.cwd);
  const lease = await findLease(context.coordinator, lockId, here);
  const endings = await planEndings(context.coordinator, [lease]);
  const along = capture(context);
  noteEndsAlong(along.context.out, endings, here.path);
  return {
    question: [...along.notes.map((note) => `${note}:`), stopQuestion(endings, here.path)].join(' '),
    async carryOut() {
      const told = capture(context);
      await endAll({ ...told.context, by: endedBy('ui', context.cwd) }, endings, here.path);
      return told.notes.join('; ');
    },
  };
}

export async function restart(context: Context, { lockId = '', name, port }: Row): Promise<string> {
  const { execute } = await import('../services/restart.ts');
  const told = capture(context);
  const code = await execute(told.context, { timeout: TIMEOUT_MS }, [lockId]);
  if (code !== 0) throw new Error(told.notes.join('; '));
  // What of the same run was started with it; where the output goes and how to stop it has no place here.
  const along = told.notes.filter((note) => !note.startsWith('styxy: '));
  return [`started ${name} (port ${port}) again: ${told.data.join(' ')}`, ...along].join('; ');
}

export async function open(context: Context, { lockId, port }: Row): Promise<string> {
  const { execute } = await import('../services/open.ts');
  const told = capture(context);
  await execute(told.context, { timeout: TIMEOUT_MS }, [lockId ?? String(port)]);
  return [...told.notes.map((line) => line.replace(/^styxy: /, '')), ...told.data].join(' ');
}

export async function whose(context: Context, { port }: Row, width: number): Promise<string[]> {
  const { execute } = await import('../inspect/whose.ts');
  const told = capture(context, width);
  await execute(told.context, {}, [String(port)]);
  return told.data;
}

export async function doctor(context: Context, width: number): Promise<string[]> {
  const { execute } = await import('../doctor/doctor.ts');
  const told = capture(context, width);
  await execute(told.context, {});
  return told.data;
}
