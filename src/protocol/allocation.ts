import type { SessionClaim } from './instance.ts';

/** The JSON that travels between a client and the daemon. Names here are fixed by the public contract. */

import type { ServiceTypeDefinition } from './project.ts';

import type { RecoveryReport } from './recovery.ts';

/** A process listening on a port, as the OS tells it. `pid` is null when another user owns it. */
export interface WireListener {
  address: string;
  port: number;
  pid: number | null;
  command: string | null;
  cwd: string | null;
  user: string | null;
  /** When the process started, ISO 8601. */
  started_at: string | null;
  /** The worktree that `cwd` lies in, and its branch. */
  project_path: string | null;
  branch: string | null;
  container: WireContainer | null;
}

/** The container whose published port this is. */
export interface WireContainer {
  name: string;
  image: string;
  compose_project: string | null;
  compose_service: string | null;
  /** ISO 8601, cut to the second. */
  created_at: string | null;
}

export interface WireHolder {
  kind: 'connection' | 'process' | 'instance' | 'ttl';
  pid?: number;
  /** ISO 8601 */
  expires_at?: string;
}

/** granted: leased, nothing listens yet. bound: the holder's process tree listens there, or a container that was made
 * after the lease publishes the port. drifted: it listens on another port. orphaned: the holder is gone and the port is still in use. */
export type LeaseState = 'granted' | 'bound' | 'drifted' | 'orphaned' | 'released';

/** One of those who use a shared lease. */
export interface WireSharer {
  holder: WireHolder;
  instance_id: string | null;
  project_path: string | null;
  command: string | null;
}

/** A lease on the wire. */
export interface Allocation {
  port: number;
  lock_id: string;
  service_type: string;
  service_name: string | null;
  state: LeaseState;
  project_path: string | null;
  instance_id: string | null;
  holder: WireHolder;
  /** The program that was started with the port, or the holder's own process. */
  process_id: number | null;
  command: string | null;
  branch: string | null;
  /** ISO 8601 */
  allocated_at: string;
  listeners: WireListener[];
  /** Where its program really listens: its port when bound, the others when drifted, nothing when that is not known. */
  actual_ports: number[];
  url: string;
  /** Of a service that runs once: who uses it, its holder first. The lease ends with the last of them. */
  sharers?: WireSharer[];
}

/** Body of POST /allocate. */
export interface AllocateBody {
  service_type: string;
  /** `service_type` is a default only: the range in which the wished port lies decides. */
  service_type_default?: boolean | undefined;
  service_name?: string | undefined;
  /** Taken if it is free. */
  preferred_port?: number | undefined;
  /** Exactly this port, or a refusal. */
  port?: number | undefined;
  project_path?: string | undefined;
  branch?: string | undefined;
  instance_id?: string | undefined;
  /** The process that holds the lease; with `hold`, the client's own process. */
  process_id?: number | undefined;
  ttl_ms?: number | undefined;
  /** Keep the response open; the lease lives as long as it does. */
  hold?: boolean | undefined;
  /** A retry with the same id gets the same lease. */
  request_id?: string | undefined;
  /** Take up a lease again after the connection or the daemon was lost. */
  lock_id?: string | undefined;
  /** With `lock_id`: the share that this asker had. */
  share_id?: string | undefined;
  /** The asker starts the service itself; where somebody else has done so already, it gets the answer `shared`. */
  serves?: boolean | undefined;
  /** The session that the asker runs in, as `instance_id`. */
  session?: SessionClaim | undefined;
  /** What runs with the port, for people. */
  command?: string | undefined;
  /** Ports that just failed for this asker. */
  avoid?: number[] | undefined;
  /** Allow privileged ports, ports of another type's range, and a new type whose name looks like a typo. */
  force?: boolean | undefined;
  /**
   * What if the same service of the same project (of whatever type, if the type is a default only) has a live lease:
   * `new` another one (default), `reuse` that one without holding it, `fail` with SERVICE_RUNNING.
   */
  if_running?: 'new' | 'reuse' | 'fail' | undefined;
  /** What the project says about `service_type`, for itself alone. */
  service_type_definition?: ServiceTypeDefinition | undefined;
}

export interface AllocateAnswer extends Allocation {
  success: true;
  /** The lease was there before this request. */
  existing?: boolean;
  /** It is kept alive by somebody else: this request holds nothing, and a held response ends with this line. */
  shared?: boolean;
  /** The service type was unknown and has got a range of its own by this request. */
  auto_allocated?: boolean;
  /** First and last port of that range. */
  range?: [number, number];
  /** The asker's part in a shared lease: give it with a release, so that nobody else's is taken. */
  share_id?: string;
}

/** A lease after a change, or at its end. */
export interface ReleaseAnswer extends Allocation {
  success: true;
}

/** Body of PATCH /allocate/{lockId}. */
export interface AttachBody {
  /** The program that runs with the port. */
  process_id?: number | undefined;
  /** The holder leaves: the lease follows what it started, if that uses the port or is about to, or ends. */
  adopt?: boolean | undefined;
  /** Whose part in a shared lease this is about. */
  share_id?: string | undefined;
}

/** Later lines of a held response. */
export type HoldEvent =
  | { event: 'ended'; reason: string }
  /** Said only after `drifted`: the program has come to its port. */
  | { event: 'bound'; port: number }
  /** The program listens on `actual_ports`, and has not come to `port` for a while. */
  | { event: 'drifted'; port: number; actual_ports: number[] };

/** A listener on a managed port which no lease explains. */
export interface ExternalListener extends WireListener {
  service_type: string;
  /** ISO 8601 */
  since: string | null;
}

export interface ListAnswer {
  allocations: Allocation[];
  external: ExternalListener[];
}

export interface CheckAnswer {
  port: number;
  available: boolean;
  allocation: Allocation | null;
  listener: WireListener | null;
  reason: string;
}

export interface SuggestAnswer {
  service_type: string;
  suggestions: number[];
  /** The service type is unknown; it would get a range of its own, in which the suggestions lie. */
  auto_allocated?: boolean;
  /** First and last port of that range. */
  range?: [number, number];
}

export interface StatusAnswer {
  running: true;
  pid: number;
  version: string;
  protocol: number;
  uptime_ms: number;
  /** null: the TCP port was taken or switched off, the socket works alone. */
  http_port: number | null;
  allocations: number;
  instances: number;
  /** bytes */
  memory: { rss: number; heap_used: number };
  /** What the daemon found wrong at its start, in words for people. */
  notices: string[];
  /** The TCP port it was to listen on; 0: none. */
  http_port_wanted?: number;
  recovery: RecoveryAnswer;
}

/** What the daemon does about conflicts and dead leases, and what came of it since its start. */
export interface RecoveryAnswer {
  port_conflict: {
    enabled: boolean;
    max_retries: number;
    backoff_ms: number;
    backoff_multiplier: number;
    /** Ports that were to be leased and were found taken. */
    conflicts: number;
  };
  health_monitoring: {
    enabled: boolean;
    /** How often all leases were looked at. */
    checks: number;
    /** Leases at the last check. */
    healthy: number;
    unhealthy: number;
    /** Leases that ended without being released: their holder or their program was gone. */
    released: number;
  };
  system_recovery: RecoveryReport;
}

export interface CleanupAnswer {
  success: true;
  released: Allocation[];
}
