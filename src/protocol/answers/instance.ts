import * as v from 'valibot';
import { about, pid, port } from '../requests/fields.ts';
import { instanceMetadata } from '../requests/instance.ts';
import { nullableText, success, time } from './fields.ts';

export const instanceAllocation = about(
  v.object({ port, lock_id: v.string(), service_type: v.string(), service_name: nullableText }),
  'a lease that belongs to an instance',
);

const instanceRecordFields = {
  instance_id: v.string(),
  working_directory: nullableText,
  process_id: v.nullable(pid),
  registered_at: time,
  last_heartbeat: about(time, 'any request of the instance counts'),
  expires_at: about(
    v.nullable(time),
    'it counts as gone then, unless it is heard of before. Null: it lives as long as its process',
  ),
  metadata: instanceMetadata,
  active_allocations: v.array(instanceAllocation),
};

export const instanceRecord = v.object(instanceRecordFields);
export type InstanceRecord = v.InferOutput<typeof instanceRecord>;

export const instanceAnswer = v.object({ ...instanceRecordFields, success });
export type InstanceAnswer = v.InferOutput<typeof instanceAnswer>;

export const instanceListAnswer = v.object({ instances: v.array(instanceRecord) });
export type InstanceListAnswer = v.InferOutput<typeof instanceListAnswer>;
