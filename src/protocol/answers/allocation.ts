import * as v from 'valibot';
import { REASONS, type ReasonCode } from '../../domain/reason.ts';
import { about, pid, port, text } from '../requests/fields.ts';
import { nullableText, time } from './fields.ts';
import { listener } from './listener.ts';

export const holder = about(
  v.object({
    kind: v.picklist(['connection', 'process', 'instance', 'ttl']),
    pid: v.exactOptional(pid),
    pid_namespace: about(
      v.exactOptional(text(64)),
      'where `pid` is a process; without `pid`, where the holder is one that the daemon can not see. Linux only.',
    ),
    expires_at: about(v.exactOptional(time), 'of kind `ttl`'),
  }),
  'what keeps a lease alive',
);
export type WireHolder = v.InferOutput<typeof holder>;

export const leaseState = about(
  v.picklist(['granted', 'bound', 'drifted', 'orphaned', 'released']),
  "granted: leased, nothing listens yet. bound: the holder's process tree listens there, or a container that was made " +
    'after the lease publishes the port. drifted: it listens on another port. orphaned: the holder is gone and the port ' +
    'is still in use.',
);
export type LeaseState = v.InferOutput<typeof leaseState>;

export const sharer = about(
  v.object({ holder, instance_id: nullableText, project_path: nullableText, command: nullableText }),
  'one of those who use a shared lease',
);
export type WireSharer = v.InferOutput<typeof sharer>;

export const reason = about(
  v.object({
    code: v.picklist(Object.keys(REASONS) as ReasonCode[]),
    text: v.string(),
    instead_of: about(
      v.exactOptional(port),
      'the port that comes first for the request, where it got another',
    ),
  }),
  'why this port',
);
export type WireReason = v.InferOutput<typeof reason>;

export const allocationFields = {
  port,
  lock_id: v.string(),
  service_type: v.string(),
  service_name: nullableText,
  service_folder: about(
    v.exactOptional(v.string()),
    'the folder of its package, relative to `project_path`; empty for the top',
  ),
  program: about(v.exactOptional(v.string()), 'what runs there, as far as the asker has told'),
  state: leaseState,
  project_path: nullableText,
  instance_id: nullableText,
  holder,
  process_id: about(
    v.nullable(pid),
    "the program that was started with the port, or the holder's own process",
  ),
  command: nullableText,
  branch: nullableText,
  allocated_at: time,
  listeners: v.array(listener),
  outsiders: v.exactOptional(
    about(
      v.array(listener),
      "listeners on its port that are not its program's: on another address, or beside it by SO_REUSEPORT",
    ),
  ),
  actual_ports: about(
    v.array(port),
    'where its program listens: its port when bound, the others when drifted, none when that is not known',
  ),
  url: v.string(),
  name_url: about(
    nullableText,
    'the same under a host name of its own, which is its alone and the same each time; null for what does not speak ' +
      'HTTP, or wants no name',
  ),
  reason: v.exactOptional(about(reason, 'not of leases that an older version has made')),
  singleton_scope: v.exactOptional(
    about(v.picklist(['machine', 'project']), 'of a service that runs once: where it is the only one'),
  ),
  sharers: v.exactOptional(
    about(
      v.array(sharer),
      'of a service that runs once: who uses it, its holder first. The lease ends with the last of them.',
    ),
  ),
};

export const allocation = about(v.object(allocationFields), 'a lease');
export type Allocation = v.InferOutput<typeof allocation>;
