import { parsePort } from '../../base/port-number.ts';
import type { CheckAnswer, WireContainer } from '../../protocol/allocation.ts';
import { provenanceOf, type Provenance } from '../../protocol/provenance.ts';
import type { Context } from '../context.ts';
import { ago, containerWords } from '../listener-words.ts';
import { facts } from '../table.ts';

/** What `--json` prints. */
interface Whose extends Provenance, Omit<CheckAnswer, 'available'> {
  container: WireContainer | null;
}

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [text = '']: string[],
) {
  const checked = await coordinator.check(parsePort(text, 'the port to look at'));
  const { port, allocation, listener, reason } = checked;
  const container = listener?.container ?? null;
  const whose: Whose = {
    port,
    allocation,
    listener,
    container,
    reason,
    ...provenanceOf(allocation, listener),
  };
  if (json) out.json(whose);
  else if (checked.available) out.data(`${port} is nobody's: it is free`);
  else out.data(describe(whose));
  return checked.available ? 1 : 0;
}

function describe(whose: Whose): string {
  const { allocation, listener, container, since } = whose;
  return facts([
    ['port', String(whose.port)],
    ['service', allocation ? `${allocation.service_name ?? '-'} (${allocation.service_type})` : null],
    ['state', allocation?.state ?? 'went past Styxy'],
    ['container', container && `${containerWords(container)}, image ${container.image}`],
    ['worktree', whose.project_path],
    ['branch', whose.branch],
    ['instance', whose.instance_id],
    ['command', whose.command],
    ['address', listener?.address],
    ['process', listener?.pid ? `${listener.pid}${listener.user ? ` (${listener.user})` : ''}` : null],
    ['since', since && `${since} (${ago(since)})`],
    ['lease', allocation?.lock_id],
    ['note', allocation ? null : whose.reason],
  ]);
}
