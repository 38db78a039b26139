export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets, in its unit. */
  readonly buckets?: readonly number[];
}

/**
 * Every number the daemon publishes, once, named as Prometheus wants it: base units (seconds, bytes), and `_total` for
 * what only grows. Counters begin with the daemon.
 */
export const METRICS = {
  styxy_leases: {
    type: 'gauge',
    labels: ['service_type', 'state'],
    help: 'Live leases',
  },
  styxy_grants_total: {
    type: 'counter',
    labels: ['service_type'],
    help: 'Ports leased',
  },
  styxy_taken_up_total: {
    type: 'counter',
    labels: [],
    help: 'Known leases given to their asker again',
  },
  styxy_releases_total: {
    type: 'counter',
    labels: ['reason'],
    help: 'Leases ended',
  },
  styxy_refusals_total: {
    type: 'counter',
    labels: ['code'],
    help: 'Requests for a port that were refused, by error code',
  },
  styxy_conflicts_total: {
    type: 'counter',
    labels: ['service_type', 'when'],
    help: 'Ports held by a program outside Styxy, found before their grant or before the leased program could bind them',
  },
  styxy_drifts_total: {
    type: 'counter',
    labels: [],
    help: 'Programs seen to listen on another port than their lease',
  },
  styxy_orphans_total: {
    type: 'counter',
    labels: [],
    help: 'Leases whose holder was gone while their port was still in use',
  },
  styxy_bypasses_total: {
    type: 'counter',
    labels: ['service_type'],
    help: 'Programs seen to listen on managed ports without a lease',
  },
  styxy_types_added_total: {
    type: 'counter',
    labels: [],
    help: 'Unknown service types that got a range of their own',
  },
  styxy_types_auto_allocated: {
    type: 'gauge',
    labels: [],
    help: 'Service types that have a range of that kind now',
  },
  styxy_range_ports: {
    type: 'gauge',
    labels: ['service_type', 'use'],
    help: 'Ports of the range of a service type: leased, used without a lease, kept for services that do not run, free',
  },
  styxy_health_checks_total: {
    type: 'counter',
    labels: [],
    help: 'How often all leases were checked for health',
  },
  styxy_health_leases: {
    type: 'gauge',
    labels: ['health'],
    help: 'Leases at the last of these checks',
  },
  styxy_external_listeners: {
    type: 'gauge',
    labels: ['service_type'],
    help: 'Listeners on managed ports that no lease explains',
  },
  styxy_instances: {
    type: 'gauge',
    labels: [],
    help: 'Registered instances',
  },
  styxy_allocation_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time from a request to the grant of its port',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  styxy_sweep_duration_seconds: {
    type: 'histogram',
    labels: [],
    help: 'Time to see what listens on this machine, and for which lease',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  styxy_journal_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Size of the journal of leases',
  },
  styxy_audit_lost_total: {
    type: 'counter',
    labels: [],
    help: 'Entries of the audit log that could not be written',
  },
  styxy_event_watchers: {
    type: 'gauge',
    labels: [],
    help: 'Open streams of events',
  },
  styxy_daemon_restarts_total: {
    type: 'counter',
    labels: [],
    help: 'Starts of the daemon after its first, as far back as the audit log reaches',
  },
  styxy_daemon_start_time_seconds: {
    type: 'gauge',
    labels: [],
    help: 'When the daemon started, in seconds since 1970',
  },
  styxy_daemon_cpu_seconds_total: {
    type: 'counter',
    labels: [],
    help: 'Processor time the daemon has used',
  },
  styxy_daemon_resident_memory_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory the daemon occupies',
  },
  styxy_daemon_heap_bytes: {
    type: 'gauge',
    labels: [],
    help: 'Memory of which its own objects are',
  },
  styxy_build_info: {
    type: 'gauge',
    labels: ['version'],
    help: 'Always 1; its label is the version of the daemon',
  },
} as const satisfies Record<string, Metric>;
export type MetricName = keyof typeof METRICS;
