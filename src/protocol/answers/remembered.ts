import * as v from 'valibot';
import { about, port } from '../requests/fields.ts';
import { nullableText, success, time } from './fields.ts';

export const rememberedService = about(
  v.object({
    service_name: v.string(),
    service_type: v.string(),
    project_path: about(nullableText, 'its worktree; null for a service of which the machine has one'),
    ports: about(v.array(port), 'where it has listened; it gets the first of these that is free'),
    last_listened_at: about(v.nullable(time), 'null: never, or not known'),
    promised: about(
      v.boolean(),
      'its project was told the port (`/project/ports`), and it has not listened yet',
    ),
    live: about(v.boolean(), 'it has a lease now'),
  }),
  'a service whose ports are kept for it while it does not run',
);
export type RememberedService = v.InferOutput<typeof rememberedService>;

export const rememberedAnswer = v.object({
  remembered: about(v.array(rememberedService), 'the one that listened last first'),
});
export type RememberedAnswer = v.InferOutput<typeof rememberedAnswer>;

export const forgetAnswer = v.object({ success, forgotten: v.array(rememberedService) });
export type ForgetAnswer = v.InferOutput<typeof forgetAnswer>;
