/** The JSON about instances: sessions (an agent, a terminal, a checkout) that own leases. */

/** Facts that a session tells about itself, for people. */
export type InstanceMetadata = Record<string, string | number | boolean>;

/** Body of POST /instance/register. Registering a known instance again renews it. */
export interface RegisterBody {
  instance_id: string;
  working_directory?: string | undefined;
  /** The session's process: with it the instance lives as long as the process and needs no heartbeat. */
  process_id?: number | undefined;
  metadata?: InstanceMetadata | undefined;
}

/** A lease that belongs to an instance. */
export interface InstanceAllocation {
  port: number;
  lock_id: string;
  service_type: string;
  service_name: string | null;
}

/** Body of POST /instance/heartbeat. */
export interface HeartbeatBody {
  instance_id: string;
}

export interface InstanceRecord {
  instance_id: string;
  working_directory: string | null;
  process_id: number | null;
  /** ISO 8601 */
  registered_at: string;
  /** ISO 8601; any request of the instance counts. */
  last_heartbeat: string;
  /** ISO 8601: it counts as gone then, unless it is heard of before. Null: it lives as long as its process. */
  expires_at: string | null;
  metadata: InstanceMetadata;
  active_allocations: InstanceAllocation[];
}

export interface InstanceAnswer extends InstanceRecord {
  success: true;
}

export interface InstanceListAnswer {
  instances: InstanceRecord[];
}

/** What an asker's environment says about the session that it runs in; the daemon checks it. */
export interface SessionClaim {
  /** The process of the session. */
  process_id: number;
  /** The process that asks; it must have been started by the session. */
  asked_by: number;
}
