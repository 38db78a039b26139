/** The JSON about service types that got a range of their own when somebody first asked for them. */

export interface AutoAllocationRule {
  chunk_size?: number | undefined;
  placement?: 'after' | 'before' | 'smart' | undefined;
  preferred_range_start?: number | undefined;
}

export interface AutoAllocatedType {
  service_type: string;
  /** First and last port. */
  range: [number, number];
  /** The pattern of `auto_allocation_rules` that fits its name. */
  rule: string | null;
  leases: { port: number; lock_id: string; service_name: string | null; project_path: string | null }[];
  /** Ports of the range that are neither leased nor listened on. */
  free: number;
}

/** Answer of GET /config/auto-allocation: what is in force. */
export interface AutoAllocationAnswer {
  enabled: boolean;
  placement: 'after' | 'before' | 'smart';
  default_chunk_size: number;
  min_port: number;
  max_port: number;
  preserve_gaps: boolean;
  gap_size: number;
  rules: Record<string, AutoAllocationRule>;
  /** Who says so, for each setting above: what is built in, or the user's `config.json`. */
  origin: Record<string, 'built-in' | 'user'>;
  /** Ports of the system, first and last: no range is ever put there. */
  ephemeral_ports: [number, number];
  config_file: string;
  types: AutoAllocatedType[];
}

/** Body of POST /config/auto-allocation. */
export interface AutoAllocationBody {
  enabled: boolean;
}

export interface AutoAllocationSwitched {
  success: true;
  enabled: boolean;
}

export interface AutoAllocationUndone {
  success: true;
  service_type: string;
  /** The ports that are nobody's now, first and last. */
  range: [number, number];
}
