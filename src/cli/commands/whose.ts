import { parsePort } from '../../base/port-number.ts';
import { formatDuration } from '../../base/duration.ts';
import type { CheckAnswer } from '../../protocol/allocation.ts';
import { findWorktree } from '../../system/worktree.ts';
import type { Context } from '../context.ts';
import { facts } from '../table.ts';

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [text = '']: string[],
) {
  const checked = await coordinator.check(parsePort(text, 'the port to look at'));
  const whose = provenance(checked);
  if (json) out.json(whose);
  else if (checked.available) out.data(`${checked.port} is nobody's: it is free`);
  else out.data(describe(whose, checked.reason));
  return checked.available ? 1 : 0;
}

/** For an outsider the folder it runs in tells the worktree and the branch. */
function provenance({ port, allocation, listener }: CheckAnswer) {
  const place = listener?.cwd ? findWorktree(listener.cwd) : undefined;
  return {
    port,
    allocation,
    listener,
    project_path: allocation?.project_path ?? place?.path ?? null,
    branch: allocation?.branch ?? place?.branch ?? null,
    instance_id: allocation?.instance_id ?? null,
    command: allocation?.command ?? listener?.command ?? null,
    since: allocation?.allocated_at ?? null,
  };
}

function describe(whose: ReturnType<typeof provenance>, reason: string): string {
  const { allocation, listener, since } = whose;
  return facts([
    ['port', String(whose.port)],
    ['service', allocation ? `${allocation.service_name ?? '-'} (${allocation.service_type})` : null],
    ['state', allocation?.state ?? 'went past Styxy'],
    ['worktree', whose.project_path],
    ['branch', whose.branch],
    ['instance', whose.instance_id],
    ['command', whose.command],
    ['process', listener?.pid ? `${listener.pid}${listener.user ? ` (${listener.user})` : ''}` : null],
    ['since', since ? `${formatDuration(Date.now() - Date.parse(since))} ago` : null],
    ['lease', allocation?.lock_id],
    ['note', allocation ? null : reason],
  ]);
}
