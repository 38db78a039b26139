import * as v from 'valibot';
import { about, fileText, flag, name, pid, processOrigin, text } from './fields.ts';

/** Instances: sessions (an agent, a terminal, a checkout) that own leases. */

const MOST_METADATA = 32;

/** Names that the paths of the API need for themselves. */
const PATHS = ['register', 'list', 'heartbeat'];

export const instanceMetadata = about(
  v.record(name, v.union([text(1024), v.number(), flag], 'expected text, a number, true or false')),
  'facts that a session tells about itself, for people',
);

export const registerBody = about(
  v.object({
    instance_id: v.pipe(name, v.notValues(PATHS, `expected another name than ${PATHS.join(', ')}`)),
    working_directory: v.optional(fileText(4096)),
    process_id: v.optional(
      about(
        pid,
        "the session's process: with it the instance lives as long as the process and needs no heartbeat",
      ),
    ),
    ...processOrigin,
    metadata: v.optional(
      v.pipe(instanceMetadata, v.maxEntries(MOST_METADATA, `expected at most ${MOST_METADATA} facts`)),
    ),
  }),
  'registering a known instance again renews it',
);
export type RegisterBody = v.InferOutput<typeof registerBody>;

export const heartbeatBody = v.object({ instance_id: name });
