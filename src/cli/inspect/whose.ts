import { parsePort } from '../../base/port-number.ts';
import type { CheckAnswer, Provenance } from '../../protocol/answers/ports.ts';
import type { WireContainer, WireListener } from '../../protocol/answers/listener.ts';
import type { Coordinator } from '../../protocol/coordinator.ts';
import { provenanceOf } from '../../protocol/provenance.ts';
import { processDescriber } from '../../system/process/identity.ts';
import { ancestorsOf } from '../../system/process/tree.ts';
import type { Context } from '../context.ts';
import { stateWords } from '../print/lease-state.ts';
import { ago, containerWords, holderOf, shorten } from '../print/listeners.ts';
import { facts } from '../print/table.ts';
import { keptWords } from './remembered.ts';

/** What `--json` prints. */
export interface Whose extends Provenance, Omit<CheckAnswer, 'available'> {
  container: WireContainer | null;
  /** The parent of the process that listens, its parent, and so on. */
  started_by: { pid: number; command: string | null }[];
}

/** Ancestors shown in the text; further ones are shells and terminals. */
const MOST_ANCESTORS = 4;

export async function execute(
  { coordinator, out }: Context,
  { json }: { json?: boolean },
  [text = '']: string[],
) {
  const checked = await coordinator.check(parsePort(text, 'the port to look at'));
  const whose = describeHolder(checked);
  const { port } = whose;
  if (json) out.json(whose);
  else if (checked.kept_for) out.line(`${port} is free, and kept for ${keptWords(checked.kept_for)}`);
  else if (checked.available) out.line(`${port} is nobody's: it is free`);
  else out.data(describe(whose, await stateOf(checked, coordinator)));
  return checked.available ? 1 : 0;
}

export function describeHolder({ port, allocation, listener, reason, kept_for }: CheckAnswer): Whose {
  return {
    port,
    allocation,
    listener,
    container: listener?.container ?? null,
    reason,
    ...(kept_for && { kept_for }),
    started_by: startedBy(listener),
    ...provenanceOf(allocation, listener),
  };
}

function startedBy(listener: WireListener | null): Whose['started_by'] {
  const describe = processDescriber();
  const pid = listener?.pid ?? null;
  // The process may have ended since the daemon looked, and another have its pid.
  if (pid === null || describe(pid)?.startedAt !== listener?.started_at) return [];
  return ancestorsOf(pid).map((ancestor) => ({
    pid: ancestor,
    command: describe(ancestor)?.command ?? null,
  }));
}

/** What the port is, in a word or two; undefined when only the reason can tell. */
async function stateOf(
  { port, allocation, listener }: CheckAnswer,
  coordinator: Coordinator,
): Promise<string | undefined> {
  if (allocation) return stateWords(allocation);
  if (!listener) return undefined;
  if (listener.started_with !== undefined) return 'started by Styxy, has no lease now';
  const [scanned] = (await coordinator.scan({ from: port, to: port })).ports;
  const type = scanned?.service_type ?? null;
  return `not started by Styxy, on a port of ${type === null ? 'no service type' : `type ${type}`}`;
}

function describe(whose: Whose, state: string | undefined): string {
  const { allocation, listener, container, since } = whose;
  return facts([
    ['port', String(whose.port)],
    ['service', allocation ? `${allocation.service_name ?? '-'} (${allocation.service_type})` : null],
    ['state', state],
    ['name', allocation?.name_url?.replace('http://', '') ?? null],
    ['container', container && `${containerWords(container)}, image ${container.image}`],
    ['project', whose.project_path],
    ['branch', whose.branch],
    ['instance', whose.instance_id],
    ['command', whose.command],
    ['address', listener?.address],
    ['process', listener?.pid ? `${listener.pid}${listener.user ? ` (${listener.user})` : ''}` : null],
    [
      'started by',
      whose.started_by
        .slice(0, MOST_ANCESTORS)
        .map(({ pid, command }) => `${shorten(command ?? '?')} (${pid})`)
        .join(' < '),
    ],
    ['since', since && `${since} (${ago(since)})`],
    ['why this port', whyPort(whose)],
    ['lease', allocation?.lock_id],
    ...(allocation?.outsiders ?? [])
      .filter(({ port }) => port === whose.port)
      .map((each): [string, string] => ['also there', outsiderWords(each)]),
    // What is known of a process or a container stands above.
    ['note', allocation || listener?.pid || container ? null : whose.reason],
  ]);
}

/** The reason is one for the lease's own port. */
function whyPort({ port, allocation }: Pick<Whose, 'port' | 'allocation'>): string | undefined {
  if (!allocation || allocation.port === port) return allocation?.reason?.text;
  const { port: own, reason } = allocation;
  return `its program listens here by itself; it was given ${own}${reason ? ` (${reason.text})` : ''}`;
}

const outsiderWords = (listener: WireListener): string =>
  `${holderOf(listener)} (${listener.pid === null ? '' : `pid ${listener.pid}, `}${listener.address}), not started by Styxy`;
