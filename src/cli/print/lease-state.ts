import type { Allocation } from '../../protocol/answers/allocation.ts';
import type { Output, Style } from './output.ts';

type Seen = Pick<Allocation, 'state' | 'port' | 'actual_ports' | 'holder' | 'outsiders'>;

/** What a lease's program does, in everyday words. */
export function stateWords({ state, port, actual_ports: actual, holder, outsiders }: Seen): string {
  if (state === 'bound') return outsiders ? 'listening, not alone' : 'listening';
  if (state === 'granted' && outsiders) return 'taken by another';
  if (state === 'drifted') return `on ${actual.join(' and ')} instead of ${port}`;
  if (state === 'orphaned') return 'left running';
  if (state === 'released') return 'ended';
  // Nothing tells that anybody starts a program for it.
  return holder.kind === 'ttl' || holder.kind === 'instance' ? 'reserved' : 'starting';
}

const STYLES: Partial<Record<Allocation['state'], Style>> = {
  bound: 'green',
  drifted: 'yellow',
  orphaned: 'yellow',
};

export function paintedState(seen: Seen, out: Pick<Output, 'paint'>): string {
  const style = seen.outsiders ? 'red' : STYLES[seen.state];
  return style ? out.paint(style, stateWords(seen)) : stateWords(seen);
}

/** Where it answers: its own port, unless its program is elsewhere. */
export function answeringPort({ state, port, actual_ports: [actual = port] }: Seen): number {
  return state === 'drifted' ? actual : port;
}
