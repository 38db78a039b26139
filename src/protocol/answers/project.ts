import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
import { reason } from './allocation.ts';
import { nullableText } from './fields.ts';

export const projectPort = v.object({
  service_name: v.string(),
  service_type: v.string(),
  port,
  url: v.string(),
  name_url: about(nullableText, 'as in a lease'),
  live: about(v.boolean(), 'it has a lease now'),
  reason: v.exactOptional(about(reason, 'not of leases that an older version has made')),
});
export type ProjectPort = v.InferOutput<typeof projectPort>;

export const projectPortsAnswer = v.object({
  project_path: v.string(),
  services: about(
    v.array(projectPort),
    'the port of each service: the one it has, or the one that is reserved for it until it starts',
  ),
  problems: about(
    v.array(
      v.object({
        service_name: v.string(),
        code: v.string(),
        message: v.string(),
        why: nullableText,
        hint: v.string(),
      }),
    ),
    'services that can get no port, and why',
  ),
});
export type ProjectPortsAnswer = v.InferOutput<typeof projectPortsAnswer>;
