import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
import { count, nullableText, range, success } from './fields.ts';

export const origin = about(
  v.object({
    layer: v.picklist(['built-in', 'user', 'project', 'environment', 'flag']),
    source: nullableText,
  }),
  'who set a value: the layer, and its file, variable or option',
);
export type WireOrigin = v.InferOutput<typeof origin>;

export const configAnswer = about(
  v.object({
    config: about(
      v.record(v.string(), v.unknown()),
      "the user's configuration with every default filled in, all service types in it",
    ),
    origins: about(
      v.record(v.string(), origin),
      'who said it, by the path of each value: `recovery.port_conflict.max_retries`',
    ),
    files: v.object({ user: v.string() }),
    problems: about(v.array(v.string()), 'why an edit of the file is not in force, in words for people'),
  }),
  'what is in force in the daemon. Holds no secret.',
);
export type ConfigAnswer = v.InferOutput<typeof configAnswer>;

const placement = v.picklist(['after', 'before', 'smart']);

export const autoAllocationRule = v.object({
  chunk_size: v.optional(count),
  placement: v.optional(placement),
  preferred_range_start: v.optional(port),
});
export type AutoAllocationRule = v.InferOutput<typeof autoAllocationRule>;

export const autoAllocatedType = about(
  v.object({
    service_type: v.string(),
    range,
    rule: about(nullableText, 'the pattern of `auto_allocation_rules` that fits its name'),
    leases: v.array(
      v.object({ port, lock_id: v.string(), service_name: nullableText, project_path: nullableText }),
    ),
    free: about(count, 'ports of the range that are neither leased nor listened on'),
  }),
  'a service type that got a range of its own when it was first asked for',
);
export type AutoAllocatedType = v.InferOutput<typeof autoAllocatedType>;

export const autoAllocationAnswer = v.object({
  enabled: v.boolean(),
  placement,
  default_chunk_size: count,
  min_port: port,
  max_port: port,
  preserve_gaps: v.boolean(),
  gap_size: count,
  rules: v.record(v.string(), autoAllocationRule),
  origin: about(
    v.record(v.string(), v.picklist(['built-in', 'user'])),
    "who says so, for each setting above: what is built in, or the user's `config.json`",
  ),
  ephemeral_ports: about(
    v.strictTuple([port, port]),
    'ports of the system, first and last: no range is ever put there',
  ),
  config_file: v.string(),
  types: v.array(autoAllocatedType),
});
export type AutoAllocationAnswer = v.InferOutput<typeof autoAllocationAnswer>;

export const autoAllocationSwitched = v.object({ success, enabled: v.boolean() });
export type AutoAllocationSwitched = v.InferOutput<typeof autoAllocationSwitched>;

export const autoAllocationUndone = v.object({
  success,
  service_type: v.string(),
  range: about(v.strictTuple([port, port]), 'the ports that are free again, first and last'),
});
export type AutoAllocationUndone = v.InferOutput<typeof autoAllocationUndone>;
