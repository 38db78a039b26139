import * as v from 'valibot';
import { EVENTS, type EventName } from '../events.ts';
import { about, pid, port } from '../requests/fields.ts';
import { time } from './fields.ts';

export const eventName = v.picklist(Object.keys(EVENTS) as EventName[]);

export const daemonEvent = about(
  v.looseObject({
    event: eventName,
    time,
    port: v.exactOptional(port),
    lock_id: v.exactOptional(v.string()),
    service_type: v.exactOptional(v.string()),
    service_name: v.exactOptional(v.string()),
    project_path: v.exactOptional(v.string()),
    instance_id: v.exactOptional(v.string()),
    pid: v.exactOptional(about(pid, 'the process the event is about')),
  }),
  'something that happened. Whatever else belongs to this kind of event may follow; never a secret.',
);
export type DaemonEvent = v.InferOutput<typeof daemonEvent>;

export const helloEvent = about(
  v.object({ event: v.literal('hello'), time, version: v.string(), pid }),
  'the first event of every stream',
);

export const streamedEvent = about(
  v.variant('event', [helloEvent, daemonEvent]),
  'the `data:` line of a server-sent event; its `event:` line repeats the name',
);
