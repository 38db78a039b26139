import { visibleText } from '../../base/plain-text.ts';
import type { ScanAnswer, ScannedPort } from '../../protocol/answers/ports.ts';
import type { RememberedService } from '../../protocol/answers/remembered.ts';
import type { RangeUse } from '../../protocol/answers/status.ts';
import { lastPart, type Tone } from '../../overview/services.ts';

/** A port that is not simply free. */
export interface Mark {
  readonly port: number;
  readonly tone: Tone | 'kept';
  /** In one line: who, and as what. */
  readonly text: string;
}

/** The range of a service type, to scale. */
export interface Strip {
  readonly type: string;
  readonly first: number;
  readonly last: number;
  readonly free: number;
  readonly marks: readonly Mark[];
}

export interface PortSpace {
  readonly strips: readonly Strip[];
  /** Listeners on ports of no type. */
  readonly others: readonly Mark[];
}

export function portSpace(
  ranges: readonly RangeUse[],
  { ports }: Pick<ScanAnswer, 'ports'>,
  remembered: readonly RememberedService[],
): PortSpace {
  const marks = new Map<number, Mark>();
  for (const { quarantined = [] } of ranges)
    for (const port of quarantined)
      marks.set(port, { port, tone: 'wait', text: `${port} quarantined: an outsider took it a while ago` });
  for (const service of remembered) {
    const [port] = service.ports;
    if (!service.live && port !== undefined)
      marks.set(port, { port, tone: 'kept', text: keptText(port, service) });
  }
  for (const each of ports) marks.set(each.port, markOf(each));
  const inOrder = [...marks.values()].toSorted((a, b) => a.port - b.port);
  const isIn = ({ port }: Mark, { range: [first, last] }: RangeUse): boolean => port >= first && port <= last;
  return {
    strips: ranges.map((range) => ({
      type: visibleText(range.service_type),
      first: range.range[0],
      last: range.range[1],
      free: range.free,
      marks: inOrder.filter((mark) => isIn(mark, range)),
    })),
    others: inOrder.filter((mark) => !ranges.some((range) => isIn(mark, range))),
  };
}

function keptText(port: number, { service_name: name, project_path: project }: RememberedService): string {
  const where = project === null ? '' : ` of ${lastPart(project)}`;
  return visibleText(`${port} kept for ${name}${where}, which does not run`);
}

const WORDS: Readonly<Record<ScannedPort['state'], string>> = {
  leased: 'leased',
  drifted: 'drifted here',
  additional: 'one more port of its program',
  external: 'external: no lease',
  unmanaged: 'of no service type',
  reserved: "the daemon's own",
};

function markOf({ port, state, allocation, project_path: project, command }: ScannedPort): Mark {
  const who = allocation?.service_name ?? command ?? 'a program that may not be seen';
  const where = project === null ? '' : ` of ${lastPart(project)}`;
  const how = state === 'leased' && allocation ? allocation.state : WORDS[state];
  return {
    port,
    tone: toneOf(state, allocation?.state),
    text: visibleText(`${port} ${who}${where}, ${how}`),
  };
}

function toneOf(state: ScannedPort['state'], lease: string | undefined): Tone {
  if (state === 'external') return 'odd';
  if (state === 'drifted' || (state === 'leased' && lease === 'drifted')) return 'bad';
  if (state === 'leased' && lease === 'orphaned') return 'odd';
  if (state === 'additional' || (state === 'leased' && lease === 'bound')) return 'good';
  return 'wait';
}
