import * as v from 'valibot';
import { about, pid, port } from '../requests/fields.ts';
import { allocation } from './allocation.ts';
import { count, nullableText, range, success, time } from './fields.ts';

export const recoveryReport = about(
  v.object({
    leases: about(count, 'leases taken over from the last daemon'),
    damaged_bytes: about(count, 'bytes of the state file that belonged to no intact record'),
    kept_aside: about(nullableText, 'where a damaged or unreadable state file is kept'),
    voided_by_reboot: about(
      count,
      'leases of an earlier boot of the machine: void, since no holder can live',
    ),
    dropped: about(count, 'leases that a later lease on the same port had replaced'),
    orphaned: about(count, 'leases whose holder ended, or whose time was over, while no daemon ran'),
    killed_before: about(
      v.nullable(v.object({ pid, version: v.string(), started_at: time })),
      'the daemon before, when it ended without a word: killed, crashed, or with the machine',
    ),
  }),
  'what the daemon found at its start and did about it',
);
export type RecoveryReport = v.InferOutput<typeof recoveryReport>;

export const recoveryAnswer = about(
  v.object({
    port_conflict: v.object({
      enabled: v.boolean(),
      max_retries: count,
      backoff_ms: count,
      backoff_multiplier: v.number(),
      conflicts: about(count, 'ports that were to be leased and were found taken'),
    }),
    health_monitoring: v.object({
      enabled: v.boolean(),
      checks: about(count, 'how often all leases were looked at'),
      healthy: about(count, 'leases at the last check'),
      unhealthy: count,
      released: about(
        count,
        'leases that ended without being released: their holder or their program was gone',
      ),
    }),
    system_recovery: recoveryReport,
  }),
  'what the daemon does about conflicts and dead leases, and what came of it since its start',
);
export type RecoveryAnswer = v.InferOutput<typeof recoveryAnswer>;

export const rangeUse = about(
  v.object({
    service_type: v.string(),
    range,
    leased: count,
    external: about(count, 'ports on which a program listens without a lease'),
    kept: about(count, 'ports that are kept for services which do not run'),
    free: about(count, 'all others'),
    quarantined: v.exactOptional(
      about(v.array(port), 'of the free ones: avoided for a while, since an outsider took them'),
    ),
  }),
  'how full the range of a service type is',
);
export type RangeUse = v.InferOutput<typeof rangeUse>;

export const statusAnswer = v.object({
  running: v.literal(true),
  pid,
  version: v.string(),
  protocol: count,
  uptime_ms: count,
  http_port: about(v.nullable(port), 'null: the TCP port was taken or switched off, the socket works alone'),
  allocations: count,
  instances: count,
  memory: about(v.object({ rss: count, heap_used: count }), 'bytes'),
  notices: about(v.array(v.string()), 'what the daemon found wrong at its start, in words for people'),
  http_port_wanted: v.exactOptional(about(count, 'the TCP port it was to listen on; 0: none')),
  network: v.exactOptional(
    about(
      nullableText,
      'the network namespace that it gives ports of (Linux), as `/proc/PID/ns/net` names it; null where the system has none',
    ),
  ),
  recovery: recoveryAnswer,
  end_grace_ms: v.exactOptional(about(count, 'how long a program may take to end once it was asked to, ms')),
  ranges: v.exactOptional(about(v.array(rangeUse), 'only if it was asked for')),
});
export type StatusAnswer = v.InferOutput<typeof statusAnswer>;

export const logAnswer = v.object({
  service_name: v.string(),
  log: about(v.string(), 'the path of the file'),
  lines: about(v.array(v.string()), 'whole lines, without their ends'),
  next: about(count, 'bytes: give it as `from` for what is printed later'),
});
export type LogAnswer = v.InferOutput<typeof logAnswer>;

export const usageAnswer = about(
  v.object({
    usages: v.array(
      v.object({
        lock_id: v.string(),
        processes: about(count, 'of the tree of its program'),
        memory: about(count, 'resident bytes; what processes share counts for each'),
        cpu_ms: about(count, 'processor time since they started, of those that live'),
      }),
    ),
  }),
  'of leases whose program is known',
);
export type UsageAnswer = v.InferOutput<typeof usageAnswer>;

export const doctorAnswer = v.object({
  ok: about(v.boolean(), 'no check failed'),
  checks: v.array(
    v.object({
      name: v.string(),
      ok: v.boolean(),
      detail: v.string(),
      fix: v.exactOptional(about(v.string(), 'what to do; with `ok` only advice')),
    }),
  ),
});
export type DoctorAnswer = v.InferOutput<typeof doctorAnswer>;

export const cleanupAnswer = v.object({ success, released: v.array(allocation) });
export type CleanupAnswer = v.InferOutput<typeof cleanupAnswer>;
