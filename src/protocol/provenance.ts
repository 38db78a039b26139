import type { Allocation, WireListener } from './allocation.ts';

/** Where the holder of a port comes from. */
export interface Provenance {
  project_path: string | null;
  branch: string | null;
  instance_id: string | null;
  command: string | null;
  /** ISO 8601: of the lease, else the start of the process. */
  since: string | null;
}

/** What the lease says goes before what its process shows; for an outsider the process is all there is. */
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
