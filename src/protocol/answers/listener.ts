import * as v from 'valibot';
import { about, pid, port } from '../requests/fields.ts';
import { nullableText, time } from './fields.ts';

export const container = about(
  v.object({
    name: v.string(),
    image: v.string(),
    compose_project: nullableText,
    compose_service: nullableText,
    created_at: about(v.nullable(time), 'cut to the second'),
  }),
  'a container that publishes a port',
);
export type WireContainer = v.InferOutput<typeof container>;

const listenerFields = {
  address: v.string(),
  port,
  pid: about(v.nullable(pid), 'null: a process that this user may not look at, most likely of another user'),
  command: nullableText,
  cwd: nullableText,
  user: nullableText,
  started_at: about(v.nullable(time), 'when the process started'),
  project_path: about(nullableText, 'the worktree that `cwd` lies in'),
  branch: about(nullableText, 'of that worktree'),
  container: about(v.nullable(container), 'whose published port this is'),
  started_with: about(
    v.exactOptional(v.string()),
    'the `lock_id` that the process was started with, as its environment says; that lease may have ended. Linux only.',
  ),
};

export const listener = about(
  v.object(listenerFields),
  'a process listening on a port, as the system tells it',
);
export type WireListener = v.InferOutput<typeof listener>;

export const externalListener = about(
  v.object({ ...listenerFields, service_type: v.string(), since: v.nullable(time) }),
  'a listener on a managed port, or on one that a known tool takes by itself, which no lease explains',
);
export type ExternalListener = v.InferOutput<typeof externalListener>;
