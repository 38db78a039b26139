import * as v from 'valibot';
import { about, pid, port } from '../requests/fields.ts';
import { eventName } from './events.ts';
import { count, nullableText, time } from './fields.ts';

export const auditEntry = about(
  v.looseObject({
    time,
    action: eventName,
    port: v.nullable(port),
    type: nullableText,
    range: about(v.nullable(v.strictTuple([port, port])), 'first and last port of the type'),
    lease: about(nullableText, "the lease's lock id"),
    instance: nullableText,
    user: about(v.string(), 'whose daemon it is'),
    pid: about(
      v.nullable(pid),
      "the process the event is about; the daemon's own where it is about no other. Null in lines of older versions.",
    ),
    host: v.string(),
  }),
  'one line of the audit log. Other facts of the event may follow; never a secret, so never a command line.',
);
export type AuditEntry = v.InferOutput<typeof auditEntry>;

export const auditAnswer = v.object({
  entries: about(v.array(auditEntry), 'the latest that fit, oldest first'),
  total: about(count, 'how many fit'),
  statistics: about(
    v.object({
      by_action: v.record(v.string(), count),
      by_type: v.record(v.string(), count),
      first: v.nullable(time),
      last: v.nullable(time),
    }),
    'of all that fit',
  ),
  damaged: about(count, 'lines that could not be understood'),
});
export type AuditAnswer = v.InferOutput<typeof auditAnswer>;
