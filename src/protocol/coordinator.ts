import type {
  AllocateAnswer,
  AllocateBody,
  Allocation,
  AttachBody,
  CheckAnswer,
  CleanupAnswer,
  ListAnswer,
  StatusAnswer,
  SuggestAnswer,
} from './allocation.ts';
import type {
  AutoAllocationAnswer,
  AutoAllocationBody,
  AutoAllocationSwitched,
  AutoAllocationUndone,
} from './auto-allocation.ts';
import type { ScanAnswer, ScanQuery } from './scan.ts';
import type { InstanceAnswer, InstanceListAnswer, RegisterBody } from './instance.ts';
import type { ConfigAnswer } from './config.ts';
import type { ProjectPortsAnswer, ProjectPortsBody, ServiceTypeDefinition } from './project.ts';

export interface ListQuery {
  /** Also look for listeners on managed ports that no lease explains (reads every process). */
  external?: boolean | undefined;
  type?: string | undefined;
  project?: string | undefined;
}

/** As many ports may be suggested at once. */
export const MOST_SUGGESTIONS = 100;
/** A lease may be asked for as long as this: 30 days. */
export const LONGEST_TTL_MS = 30 * 86_400_000;

/** Whose suggestions: with these, the first one is the port that `allocate` would give now, though it may be in use. */
export interface SuggestQuery {
  count?: number | undefined;
  service_type_default?: boolean | undefined;
  project_path?: string | undefined;
  service_name?: string | undefined;
  preferred_port?: number | undefined;
  /** What the project says about the type, for itself alone. */
  service_type_definition?: ServiceTypeDefinition | undefined;
  /** As in a request: the type is new, however much it looks like a typo. */
  force?: boolean | undefined;
  instance_id?: string | undefined;
}

/** Whose part in a shared lease ends; without any, the youngest that no connection keeps. */
export interface ReleaseQuery {
  share_id?: string | undefined;
  instance_id?: string | undefined;
  /** Ends it for everybody. */
  all?: boolean | undefined;
}

/**
 * What can be asked of the one who decides about ports. Two implementations: the engine inside the daemon, and the
 * client that asks it over HTTP. Every method throws StyxyError.
 */
export interface Coordinator {
  allocate(body: AllocateBody): Promise<AllocateAnswer>;
  release(lockId: string, query?: ReleaseQuery): Promise<Allocation>;
  attach(lockId: string, body: AttachBody): Promise<Allocation>;
  list(query?: ListQuery): Promise<ListAnswer>;
  check(port: number): Promise<CheckAnswer>;
  suggest(serviceType: string, query?: SuggestQuery): Promise<SuggestAnswer>;
  scan(query?: ScanQuery): Promise<ScanAnswer>;
  status(): Promise<StatusAnswer>;
  cleanup(): Promise<CleanupAnswer>;
  config(): Promise<ConfigAnswer>;
  projectPorts(body: ProjectPortsBody): Promise<ProjectPortsAnswer>;
  autoAllocation(): Promise<AutoAllocationAnswer>;
  setAutoAllocation(body: AutoAllocationBody): Promise<AutoAllocationSwitched>;
  undoAutoAllocation(serviceType: string): Promise<AutoAllocationUndone>;
  registerInstance(body: RegisterBody): Promise<InstanceAnswer>;
  heartbeat(instanceId: string): Promise<InstanceAnswer>;
  listInstances(): Promise<InstanceListAnswer>;
  removeInstance(instanceId: string): Promise<InstanceAnswer>;
}
