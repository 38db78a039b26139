import type { Allocation } from './answers/allocation.ts';

type RunLease = Pick<Allocation, 'lock_id' | 'holder' | 'process_id'>;

/** The other leases that the run of this one holds, for the other programs of its command. */
export function othersOfRun<Each extends RunLease>(lease: RunLease, all: readonly Each[]): Each[] {
  const { lock_id: id, holder, process_id: command } = lease;
  return all.filter(
    (each) =>
      each.lock_id !== id &&
      holder.pid !== undefined &&
      each.holder.kind === holder.kind &&
      each.holder.pid === holder.pid &&
      each.process_id === command,
  );
}
