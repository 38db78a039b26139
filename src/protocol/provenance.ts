import type { Allocation } from './answers/allocation.ts';
import type { WireListener } from './answers/listener.ts';
import type { Provenance } from './answers/ports.ts';

/** Where the holder of a port comes from: the lease's facts first, then those of the listening process. */
export function provenanceOf(
  allocation: Allocation | null,
  listener: WireListener | null | undefined,
): Provenance {
  return {
    project_path: allocation?.project_path ?? listener?.project_path ?? null,
    branch: allocation?.branch ?? listener?.branch ?? null,
    instance_id: allocation?.instance_id ?? null,
    command: allocation?.command ?? listener?.command ?? null,
    since: allocation?.allocated_at ?? listener?.started_at ?? null,
  };
}
