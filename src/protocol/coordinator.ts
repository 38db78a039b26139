import type { AllocateAnswer, RestartAnswer, StopAnswer } from './answers/lease.ts';
import type {
  AllocateBody,
  AttachBody,
  AutoAllocationBody,
  ReleaseQuery,
  RestartQuery,
  StopQuery,
} from './requests/allocate.ts';
import type { Allocation } from './answers/allocation.ts';
import type { AuditAnswer } from './answers/audit.ts';
import type {
  AuditQuery,
  ForgetQuery,
  ListQuery,
  LogQuery,
  ScanQuery,
  StatusQuery,
  SuggestQuery,
} from './requests/queries.ts';
import type {
  AutoAllocationAnswer,
  AutoAllocationSwitched,
  AutoAllocationUndone,
  ConfigAnswer,
} from './answers/config.ts';
import type { InstanceAnswer, InstanceListAnswer } from './answers/instance.ts';
import type { RegisterBody } from './requests/instance.ts';
import type { MetricsAnswer } from './answers/metrics.ts';
import type { CheckAnswer, ListAnswer, ScanAnswer, SuggestAnswer } from './answers/ports.ts';
import type { ProjectPortsAnswer } from './answers/project.ts';
import type { ProjectPortsBody } from './requests/project.ts';
import type { ForgetAnswer, RememberedAnswer } from './answers/remembered.ts';
import type { CleanupAnswer, DoctorAnswer, LogAnswer, StatusAnswer, UsageAnswer } from './answers/status.ts';

/**
 * What can be asked about ports and leases. Two implementations: the engine inside the daemon, and the
 * client that asks it over HTTP. Every method throws StyxyError.
 */
export interface Coordinator {
  allocate(body: AllocateBody): Promise<AllocateAnswer>;
  release(lockId: string, query?: ReleaseQuery): Promise<Allocation>;
  attach(lockId: string, body: AttachBody): Promise<Allocation>;
  /** Ends what the run of the lease has started, and so its leases. */
  stop(lockId: string, query?: StopQuery): Promise<StopAnswer>;
  /** Ends what the run has started and starts it again, on the same ports unless another is named. Resolves when that was ordered. */
  restart(lockId: string, query?: RestartQuery): Promise<RestartAnswer>;
  list(query?: ListQuery): Promise<ListAnswer>;
  check(port: number): Promise<CheckAnswer>;
  suggest(serviceType: string, query?: SuggestQuery): Promise<SuggestAnswer>;
  scan(query?: ScanQuery): Promise<ScanAnswer>;
  usage(): Promise<UsageAnswer>;
  log(lockId: string, query?: LogQuery): Promise<LogAnswer>;
  status(query?: StatusQuery): Promise<StatusAnswer>;
  cleanup(): Promise<CleanupAnswer>;
  config(): Promise<ConfigAnswer>;
  projectPorts(body: ProjectPortsBody): Promise<ProjectPortsAnswer>;
  remembered(query?: ListQuery): Promise<RememberedAnswer>;
  forget(query: ForgetQuery): Promise<ForgetAnswer>;
  autoAllocation(): Promise<AutoAllocationAnswer>;
  setAutoAllocation(body: AutoAllocationBody): Promise<AutoAllocationSwitched>;
  undoAutoAllocation(serviceType: string): Promise<AutoAllocationUndone>;
  registerInstance(body: RegisterBody): Promise<InstanceAnswer>;
  heartbeat(instanceId: string): Promise<InstanceAnswer>;
  listInstances(): Promise<InstanceListAnswer>;
  removeInstance(instanceId: string): Promise<InstanceAnswer>;
}

/** What the daemon reports about itself, with the same two implementations. Every method throws StyxyError. */
export interface Reports {
  audit(query?: AuditQuery): Promise<AuditAnswer>;
  /** The same with every entry that fits. */
  wholeAudit(query?: AuditQuery): Promise<AuditAnswer>;
  /** In the text format of Prometheus. */
  metrics(): Promise<string>;
  metricsAsJson(): Promise<MetricsAnswer>;
  doctor(): Promise<DoctorAnswer>;
}
